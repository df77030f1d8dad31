interface CallSite {
  getFileName?(): string | null | undefined;
}

/** V8's way to look at a stack; see its `Error.prepareStackTrace`. */
interface StackErrors {
  new (): { readonly stack?: unknown };
  prepareStackTrace?: unknown;
}

/** Of a call of `callingFiles` itself, and of what calls it. */
const LIBRARY_FRAMES = 2;

/**
 * The files, as paths or `file:` URLs, in which whoever called the caller of this is written; none where the machine does not say.
 * The declaration of a value knows its own place by that, and nobody writes `import.meta.url`.
 */
export const callingFiles = (): readonly string[] => {
  const errors = Error as unknown as StackErrors;
  const before = errors.prepareStackTrace;
  errors.prepareStackTrace = (_error: unknown, sites: readonly CallSite[]) => sites;
  try {
    const { stack } = new errors();
    const sites = Array.isArray(stack) ? (stack as readonly CallSite[]) : [];
    const files = sites.slice(LIBRARY_FRAMES).flatMap((site) => site.getFileName?.() ?? []);
    return [...new Set(files.filter((file) => /^(?:file:|\/|[A-Za-z]:[\\/])/.test(file)))];
  } finally {
    errors.prepareStackTrace = before;
  }
};
