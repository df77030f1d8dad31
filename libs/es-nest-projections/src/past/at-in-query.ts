import { timeInQuery } from '@ledgerline/es-nest/extension';

export const atInQuery = timeInQuery.optional().describe('A recorded time in the past: what the answer was then.');
