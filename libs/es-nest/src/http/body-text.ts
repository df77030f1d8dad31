import { isUtf8 } from 'node:buffer';
import { HttpException } from '@nestjs/common';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** The body's text, or why it has none: text that would be changed by reading it must not be stored. */
export const textOf = (contentType: string | undefined, body: Buffer): string | HttpException => {
  const charset = CHARSET.exec(contentType ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return new HttpException('the body must be UTF-8, and its media type say no other charset', 415);
  return isUtf8(body) ? body.toString('utf8') : new HttpException('the body must be UTF-8', 400);
};
