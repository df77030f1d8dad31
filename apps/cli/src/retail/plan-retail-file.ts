import { FileUnusable } from './file/file-unusable.error.js';
import { FileSurvey } from './file-survey.js';
import { gatherInvoices } from './gather-invoices.js';
import type { InvoiceGroup } from './invoice-group.js';
import { mayExceedLimits, rowsOverLimits } from './row-limits.js';
import { refuseRepeatedRows } from './repeated-rows.js';
import type { RetailFile } from './retail-file.js';
import type { PlannedGroup, RefusedInvoice, RefusedLine, RepeatedRowsChoice, RetailPlan } from './retail-plan.js';

/**
 * Reads the whole file before anything is sent, and keeps of each row where it is and a hash.
 * @throws FileUnusable when the file cannot be used as a whole, or has rows that come again and nobody said what to do
 * with them; rows that cannot be used are in the plan's refused lines.
 */
export const planRetailFile = async (file: RetailFile, choice?: RepeatedRowsChoice): Promise<RetailPlan> => {
  const survey = new FileSurvey(file, choice === 'drop');
  for await (const block of file.rows()) for (const record of block) survey.take(record);
  if (survey.rows === 0) throw new FileUnusable(file.path, 'has a header and no rows');
  if (choice === undefined) {
    const counting = survey.repeatedRows.filter(({ group }) => planned(group));
    refuseRepeatedRows(file.path, counting);
  }
  await refuseRowsOverLimits(file, survey);
  return planOf(survey);
};

const refuseRowsOverLimits = async (file: RetailFile, survey: FileSurvey): Promise<void> => {
  const suspects = [...survey.groups.values()].filter((group) => planned(group) && mayExceedLimits(group));
  const invoices = suspects.flatMap((group) => planned(group) ?? []);
  for await (const invoice of gatherInvoices(file, { invoices, droppedLines: survey.droppedLines })) {
    const group = suspects.find(({ invoiceNo }) => invoiceNo === invoice.invoiceNo);
    if (group) for (const { reason, ...flaw } of rowsOverLimits(invoice)) survey.refuse(group, flaw, reason);
  }
};

const planOf = (survey: FileSurvey): RetailPlan => {
  const groups = [...survey.groups.values()];
  const refusedInvoices = groups.flatMap((group) => refusedInvoice(group) ?? []);
  const refusedLines = [...survey.refusedLines, ...groups.flatMap(linesOfIncomplete)];
  return {
    rows: survey.rows,
    invoices: groups.flatMap((group) => planned(group) ?? []),
    refusedLines: refusedLines.sort((a, b) => a.line - b.line),
    refusedInvoices,
    repeatedLines: survey.repeatedLines,
    doubledInvoices: groups
      .filter((group) => planned(group) && group.isDoubled)
      .map(({ invoiceNo, lines }) => ({ invoiceNo, lines })),
    droppedLines: survey.droppedLines,
    repeatedHeaders: survey.repeatedHeaders,
  };
};

/** The invoice, unless it is refused. */
const planned = (group: InvoiceGroup): PlannedGroup | undefined => {
  const { kind, invoiceNo, time, lines, items, flaw } = group;
  if (kind === 'unsupported' || flaw !== undefined || time === undefined || items === 0) return undefined;
  return { kind, invoiceNo, time, lines, items };
};

const refusedInvoice = (group: InvoiceGroup): RefusedInvoice | undefined => {
  const { invoiceNo, lines, flaw } = group;
  if (planned(group)) return undefined;
  if (group.kind === 'unsupported') return { invoiceNo, lines, reason: 'unsupported-invoice' };
  return flaw
    ? { invoiceNo, lines, reason: 'incomplete-invoice', flaw }
    : { invoiceNo, lines, reason: 'empty-invoice' };
};

/** The rows of an incomplete invoice that were not refused themselves. */
const linesOfIncomplete = (group: InvoiceGroup): readonly RefusedLine[] => {
  if (group.flaw === undefined || group.kind === 'unsupported') return [];
  const refused = new Set(group.refusedLines);
  return group.lines.filter((line) => !refused.has(line)).map((line) => ({ line, reason: 'incomplete-invoice' }));
};
