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

/** The body's text, or why it has none. */
export const textOf = (contentType: string | undefined, body: Buffer): string | HttpException =>
  refusalOf(contentType, body) ?? withoutMark(body).toString('utf8');

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Some write one before their text; it is no part of that. */
export const withoutMark = (body: Buffer): Buffer =>
  body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? body.subarray(BYTE_ORDER_MARK.length) : body;
