import { type CsvRecord, CsvRecords } from './csv-records.js';
import { FileUnusable } from './file-unusable.error.js';
import { readLines } from './read-lines.js';
import { readHeader } from './retail-columns.js';
import type { RetailPlan } from './retail-plan.js';
import { RetailPlanner } from './retail-planner.js';

/**
 * Reads the whole file before anything is sent: its rows are kept by invoice, in a few times the file's size of memory.
 * @throws FileUnusable when the file cannot be used as a whole; rows that cannot be used are in the plan's refused lines.
 */
export const planRetailFile = async (path: string): Promise<RetailPlan> => {
  const records = new CsvRecords();
  let planner: RetailPlanner | undefined;
  const take = (record: CsvRecord): void => {
    if (planner) planner.take(record);
    else planner = new RetailPlanner(readHeader(path, record.fields));
  };
  for await (const lines of readLines(path)) for (const line of lines) records.take(line).forEach(take);
  records.end().forEach(take);
  if (!planner) throw new FileUnusable(path, 'is empty: line 1 has to name the columns');
  return { rows: planner.rows, ...planner.finish() };
};
