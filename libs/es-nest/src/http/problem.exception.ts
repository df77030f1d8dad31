import { HttpException } from '@nestjs/common';
import type { Problem } from './problem.js';

/** A problem as Nest answers it: filters of the application see an HttpException, with what was wrong as its cause. */
export class ProblemException extends HttpException {
  constructor(
    readonly problem: Problem,
    override readonly cause: Error,
  ) {
    super(problem, problem.status, { cause });
    this.message = problem.detail;
  }
}
