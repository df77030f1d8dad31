import { HttpException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/**
 * A known path that is asked by a method which it does not have answers 405, and OPTIONS 204, both with the methods in `Allow`.
 * Of `hidden` nothing is said.
 */
export const answerOtherMethods = (fastify: Pick<FastifyInstance, 'addHook'>, hidden: string): void => {
  const paths: KnownPath[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url !== hidden) paths.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const allowed = request.is404 ? methodsOf(request.url, paths) : [];
    if (allowed.length === 0) return done();
    void reply.header('Allow', allowed.join(', '));
    if (request.method === 'OPTIONS') void reply.status(204).send();
    else done(new HttpException(`this path has ${allowed.join(', ')}, not ${request.method}`, 405));
  });
};

/** `/jars/:id` stands for any id. */
const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', String.raw`\.`).replaceAll(/:[^/]+/g, '[^/]+')}$`);

const methodsOf = (url: string, paths: readonly KnownPath[]): readonly string[] => {
  const [path = ''] = url.split('?');
  const methods = paths.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
};
