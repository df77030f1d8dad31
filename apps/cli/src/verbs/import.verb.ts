import { withShop } from '../http/shop.js';
import { type FileSummary, fileSummary } from '../retail/file-summary.js';
import { importRetail } from '../retail/import-retail.js';
import type { ImportSummary } from '../retail/import-summary.js';
import { planRetailFile } from '../retail/plan-retail-file.js';
import { type FileFormat, RetailFile } from '../retail/retail-file.js';
import type { RepeatedRowsChoice } from '../retail/retail-plan.js';
import { importText, describeFormat, reportImport } from '../terminal/import-report.js';
import { terminalProgress } from '../terminal/import-progress.js';
import type { Result } from '../terminal/print.js';

export interface ImportOptions extends Partial<FileFormat> {
  readonly repeatedRows?: RepeatedRowsChoice;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
}

/** Nothing was imported: exit code of `es import`. */
export const NOTHING_IMPORTED = 2;

/** `es import retail FILE` @throws FileUnusable */
export const importRetailVerb = async (path: string, options: ImportOptions): Promise<Result> => {
  const { repeatedRows: choice, dryRun = false } = options;
  const progress = terminalProgress();
  try {
    const file = await RetailFile.open(path, options);
    progress.phase(`reading ${path}, ${describeFormat(file.format)}`);
    const plan = await planRetailFile(file, choice);
    const summary = fileSummary(file, plan, choice);
    const done =
      dryRun || plan.invoices.length === 0
        ? summary
        : await withShop((shop) => importRetail({ file, plan, summary }, shop, progress));
    progress.stop();
    reportImport(done);
    return result(done, options);
  } finally {
    progress.stop();
  }
};

const result = (done: FileSummary | ImportSummary, { dryRun = false, strict = false }: ImportOptions): Result => {
  const text = importText(done);
  const json = dryRun ? { dryRun, ...done } : done;
  const problem = problemOf(done, strict);
  if (!problem) return { json, text };
  const { exitCode, ...error } = problem;
  process.stderr.write(`es: ${error.message}\n`);
  return { ok: false, exitCode, json: { ...json, error }, text };
};

interface Problem {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
}

/** What keeps the import from being as it was wanted; undefined when nothing does. */
const problemOf = (done: FileSummary | ImportSummary, strict: boolean): Problem | undefined => {
  const refused = done.refused.length;
  const shortfall = shortfallOf(done);
  if (done.orders + done.returns === 0)
    return {
      exitCode: NOTHING_IMPORTED,
      code: 'nothing-to-import',
      message: `no invoice can be imported; rows refused: ${refused} of ${done.rows} (${Object.keys(done.refusedLines).join(', ')})`,
    };
  if (shortfall !== undefined) {
    const exitCode = 'recorded' in done && done.recorded + done.repeated === 0 ? NOTHING_IMPORTED : 1;
    return { exitCode, code: 'import-incomplete', message: `the import is incomplete; ${shortfall}` };
  }
  return strict && refused > 0
    ? { exitCode: 1, code: 'rows-refused', message: `rows refused: ${refused} of ${done.rows} (--strict)` }
    : undefined;
};

const shortfallOf = ({
  rejected = 0,
  unfinishedOrders = [],
  differingOrders = [],
}: Partial<ImportSummary>): string | undefined => {
  const parts = [
    ...(rejected > 0 ? [`commands that were rejected: ${rejected}`] : []),
    ...(unfinishedOrders.length > 0 ? [`orders that did not end confirmed: ${unfinishedOrders.length}`] : []),
    ...(differingOrders.length > 0 ? [`orders that are not what the file says: ${differingOrders.length}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
};
