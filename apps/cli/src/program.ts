import { userInfo } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { knownEncoding } from './retail/file/encoding.js';
import { separatorNamed } from './retail/file/separator.js';
import { DATE_ORDERS } from './retail/invoice-date.js';
import { type Result } from './terminal/print.js';
import { acceptVerb, type AcceptOptions } from './verbs/accept.verb.js';
import {
  backupVerb,
  repartitionVerb,
  type RepartitionOptions,
  restoreVerb,
  verifyBackupVerb,
  type VerifyBackupOptions,
} from './verbs/backup.verb.js';
import { forgetVerb, type ForgetOptions, rotateKeysVerb } from './verbs/forget.verb.js';
import { type ImportOptions, importRetailVerb } from './verbs/import.verb.js';
import { lagVerb } from './verbs/lag.verb.js';
import { streamArgument } from './verbs/owning-service.js';
import { discardVerb, parkedVerb, retryVerb } from './verbs/parked.verb.js';
import { projectionsVerb } from './verbs/projections.verb.js';
import { readVerb, type ReadOptions } from './verbs/read.verb.js';
import { rebuildVerb, type RebuildOptions } from './verbs/rebuild.verb.js';
import { rehearseVerb } from './verbs/rehearse.verb.js';
import { rollbackVerb } from './verbs/rollback.verb.js';
import { newSealKeyVerb, sealVerb } from './verbs/seal.verb.js';
import { stateVerb, type StateOptions } from './verbs/state.verb.js';
import { createTopicsVerb } from './verbs/topics.verb.js';
import { traceVerb } from './verbs/trace.verb.js';
import { verifySealVerb, type VerifySealOptions } from './verbs/verify-seal.verb.js';
import { verifyVerb, type VerifyOptions } from './verbs/verify.verb.js';

interface JsonOption {
  readonly json?: boolean;
}

interface RestoreOptions extends AcceptOptions {
  readonly accept?: boolean;
}

/** Takes what a verb found out. */
export type OnResult = (result: Result, asJson: boolean) => void;

/** The whole command line. Usage errors are thrown as `CommanderError`. */
export const esProgram = (onResult: OnResult): Command => {
  const program = new Command('es')
    .description(
      'The command line of Ledgerline. Services are found by ORDER_SERVICE_URL, PAYMENT_SERVICE_URL and PROJECTION_SERVICE_URL, the log by KAFKA_BROKERS or DATA_DIR.',
    )
    .version('0.1.0')
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(es --help shows what there is)');

  const verb = (parent: Command, name: string, description: string): Command =>
    parent.command(name).description(description).option('--json', 'print one JSON object and nothing else');
  const show = async (found: Promise<Result>, { json = false }: JsonOption): Promise<void> =>
    onResult(await found, json);

  const imports = program.command('import').description('import data through the running services');
  verb(imports, 'retail', 'import orders and returns from a CSV file of the data set "Online Retail"')
    .argument('<file>', 'the CSV file, see samples/README.md')
    .option(
      '--encoding <name>',
      'how the file is encoded, such as windows-1252; seen from the file where it is UTF',
      encodingArgument,
    )
    .option('--separator <name>', 'comma, semicolon, tab or pipe; seen from the header unless given', separatorArgument)
    .addOption(
      new Option('--dates <order>', 'of year, month and day; seen from the file where a date proves it').choices(
        DATE_ORDERS,
      ),
    )
    .addOption(
      new Option('--repeated-rows <choice>', 'what rows are that come again after rows of other invoices').choices([
        'drop',
        'keep',
      ]),
    )
    .option('--dry-run', 'only say what would be done; sends nothing, and needs no service')
    .option('--strict', 'exit code 1 when a row was refused')
    .action((file: string, options: ImportOptions & JsonOption) => show(importRetailVerb(file, options), options));

  verb(program, 'read', 'show the events of a stream')
    .argument('<stream>', 'such as order-536365', streamArgument)
    .option('--from <version>', 'first version', wholeNumber, 1)
    .option('--limit <events>', 'at most so many', wholeNumber, 100)
    .option('--raw', "as they are stored, instead of in today's schema")
    .action((stream: string, options: ReadOptions & JsonOption) => show(readVerb(stream, options), options));

  verb(program, 'state', 'show what the events of a stream come to')
    .argument('<stream>', 'such as order-536365', streamArgument)
    .option('--version <n>', 'as it was at this version', wholeNumber)
    .option('--at <time>', 'as it was at this recorded time, ISO 8601 UTC')
    .action((stream: string, options: StateOptions & JsonOption) => show(stateVerb(stream, options), options));

  verb(program, 'trace', 'show what followed from what in a conversation, over all services')
    .argument('<id>', 'of a conversation (X-Correlation-Id), or of an event, a command or a stream in one')
    .action((id: string, options: JsonOption) => show(traceVerb(id), options));

  const verify = verb(program, 'verify', 'check the chain of every partition, and every read model against a replay')
    .option('--read-models', 'the read models only')
    .option('--no-read-models', 'the chain only, for which no service has to run')
    .option('--sample <percent>', 'so many of the documents only, chosen by a seed that is printed', percentage)
    .action((options: VerifyOptions & JsonOption) => {
      if (options.readModels === false && options.sample !== undefined)
        verify.error('error: --sample is about the read models, which --no-read-models leaves out');
      return show(verifyVerb(options), options);
    });

  const seal = verb(program, 'seal', 'sign what every partition of the log has come to, for verify-seal')
    .argument('[directory]', 'where the seals are: keep it, or a copy, where who writes the log cannot')
    .option('--key <file>', 'the private key, Ed25519 in PEM; SEAL_KEY_FILE unless given')
    .option('--new-key <file>', 'make a key and do nothing else; the public one is <file>.pub');
  seal.action((directory: string | undefined, options: { key?: string; newKey?: string } & JsonOption) => {
    if (options.newKey !== undefined && directory === undefined && options.key === undefined)
      return show(newSealKeyVerb(options.newKey), options);
    if (directory === undefined || options.newKey !== undefined)
      return seal.error('error: give the directory of the seals, or --new-key alone');
    return show(sealVerb(directory, options), options);
  });

  verb(program, 'verify-seal', 'check the signatures of seals, and the log against them')
    .argument('<files...>', 'seals, or directories of seals')
    .requiredOption('--key <file>', 'the public key, Ed25519 in PEM')
    .option('--no-log', 'the seals only, for which no log is needed')
    .action((files: string[], options: VerifySealOptions & JsonOption) =>
      show(verifySealVerb(files, options), options),
    );

  verb(
    program,
    'rehearse',
    'replay the whole log by the code of this release, and show what it would not take, decide, send or fold as it was; writes nothing',
  ).action((options: JsonOption) => show(rehearseVerb(), options));

  verb(program, 'lag', 'show how far every reader is behind the log').action((options: JsonOption) =>
    show(lagVerb(), options),
  );

  verb(program, 'projections', 'show the read models and how far they have come').action((options: JsonOption) =>
    show(projectionsVerb(), options),
  );

  verb(program, 'rebuild', 'make a read model anew while it answers, and return once the new one does')
    .argument('<name>', 'such as order-page, see `es projections`')
    .option('--no-wait', 'return once it has begun')
    .action((name: string, options: RebuildOptions & JsonOption) => show(rebuildVerb(name, options), options));

  verb(program, 'rollback', 'let the generation of a read model answer that was live before')
    .argument('<name>', 'such as order-page, see `es projections`')
    .action((name: string, options: JsonOption) => show(rollbackVerb(name), options));

  const parked = verb(
    program,
    'parked',
    'show the documents that are not folded on, and the streams that reactors hold',
  );
  parked.action((options: JsonOption) => show(parkedVerb(), options));
  // `es parked --json retry ID` as well.
  const asParked = ({ json = parked.opts<JsonOption>().json ?? false }: JsonOption): JsonOption => ({ json });
  const retry = verb(parked, 'retry', 'deal with what was missed, and let the document or the stream go on')
    .argument('[id]', 'from `es parked`')
    .option('--all', 'everything that is parked, but effects whose outcome may be lost');
  retry.action((id: string | undefined, options: { readonly all?: boolean } & JsonOption) => {
    if ((id === undefined) !== (options.all ?? false)) retry.error('error: give the id of one, or --all');
    return show(retryVerb(id), asParked(options));
  });
  verb(parked, 'discard', 'never deal with the event because of which it is parked, and let it go on')
    .argument('<id>', 'from `es parked`')
    .requiredOption('--reason <text>', 'why, for those who ask later')
    .action((id: string, options: { reason: string } & JsonOption) =>
      show(discardVerb(id, options), asParked(options)),
    );

  verb(program, 'backup', 'bring a backup of all topics up to date, or begin one; the services need not stop')
    .argument('<directory>', 'an empty one, or one with a backup of these topics')
    .action((directory: string, options: JsonOption) => show(backupVerb(directory), options));

  verb(program, 'verify-backup', 'check every file of a backup, and the chain of all its records')
    .argument('<directory>', 'of a backup')
    .option(
      '--continues <directory>',
      'check as well that it is what `es repartition` makes of that one, and what came since',
    )
    .action((directory: string, options: VerifyBackupOptions & JsonOption) =>
      show(verifyBackupVerb(directory, options), options),
    );

  verb(program, 'repartition', 'make a backup of the same streams in another number of partitions, to be restored')
    .argument('<directory>', 'of a backup')
    .argument('<new-directory>', 'an empty one')
    .requiredOption('--partitions <n>', 'how many each topic is to have', partitionCount)
    .action((directory: string, to: string, options: RepartitionOptions & JsonOption) =>
      show(repartitionVerb(directory, to, options), options),
    );

  const restore = verb(
    program,
    'restore',
    'fill empty topics with a backup, on Kafka or on the embedded log; the services are stopped',
  )
    .argument('[directory]', 'of a backup')
    .option('--accept', 'instead: make anew what has read further than the logs go, after saying what')
    .option('--dry-run', 'with --accept: only say what')
    .action((directory: string | undefined, options: RestoreOptions & JsonOption) => {
      const { accept = false, dryRun = false } = options;
      if (accept !== (directory === undefined)) restore.error('error: give the directory of a backup, or --accept');
      if (dryRun && !accept) restore.error('error: --dry-run goes with --accept');
      return show(directory === undefined ? acceptVerb({ dryRun }) : restoreVerb(directory), options);
    });

  verb(program, 'forget', "destroy the key of a person's personal data, for ever")
    .argument('<subject>', "such as a customer's id")
    .option('--reason <text>', 'why, for those who ask later: it stays, and must say nothing about the person')
    .option('--actor <name>', 'who wants it', userInfo().username)
    .action((subject: string, options: ForgetOptions & JsonOption) => show(forgetVerb(subject, options), options));

  const keys = program.command('keys').description('the keys of personal data');
  verb(keys, 'rotate', 'wrap every key with the newest master key; may be repeated').action((options: JsonOption) =>
    show(rotateKeysVerb(), options),
  );

  const topics = program.command('topics').description("the log's topics on Kafka");
  verb(topics, 'create', 'make the topics that are missing, as the services need them; may be repeated').action(
    (options: JsonOption) => show(createTopicsVerb(), options),
  );
  return program;
};

const encodingArgument = (text: string): string => {
  const encoding = knownEncoding(text);
  if (encoding === undefined)
    throw new InvalidArgumentError('It must be an encoding, such as utf-8, utf-16le, windows-1252 or iso-8859-15.');
  return encoding;
};

const separatorArgument = (text: string): string => {
  const separator = separatorNamed(text);
  if (separator === undefined) throw new InvalidArgumentError('It must be comma, semicolon, tab or pipe.');
  return separator;
};

const percentage = (text: string): number => {
  const percent = /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (percent <= 0 || percent > 100) throw new InvalidArgumentError('It must be a number above 0 and at most 100.');
  return percent;
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
};

const partitionCount = (text: string): number => {
  const count = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > 1_000) throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return count;
};
