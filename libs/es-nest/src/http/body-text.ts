import { isUtf8 } from 'node:buffer';
import { HttpException } from '@nestjs/common';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Why the body is no text that can be read without changing it; what would be changed must not be stored. */
export const refusalOf = (contentType: string | undefined, body: Buffer): HttpException | undefined => {
  const charset = CHARSET.exec(contentType ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return new HttpException('the body must be UTF-8, and its media type say no other charset', 415);
  return isUtf8(body) ? undefined : new HttpException('the body must be UTF-8', 400);
};

const BYTE_ORDER_MARK = /^\uFEFF/;

/** The body's text without a byte order mark, or why it has none. */
export const textOf = (contentType: string | undefined, body: Buffer): string | HttpException =>
  refusalOf(contentType, body) ?? body.toString('utf8').replace(BYTE_ORDER_MARK, '');
