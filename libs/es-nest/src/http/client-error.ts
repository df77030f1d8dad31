import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { problem, PROBLEM_TYPE, problemOf } from './problem.js';

const ANSWERS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers of a request must have at most 16 KB together'],
  HPE_INVALID_URL: [400, 'a path and a query must be ASCII, everything else percent-encoded as UTF-8: Cura%C3%A7ao'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};
const MALFORMED = [400, 'what was sent is not a request of HTTP/1.1'] as const;

/** What cannot be read as a request is answered as a problem too, as far as there is anybody to answer. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, detail] = ANSWERS[error.code ?? ''] ?? MALFORMED;
  const answer = problemOf(new HttpException(detail, status)) ?? problem(status, `http-${status}`, detail);
  const body = JSON.stringify(answer);
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${answer.title}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
};
