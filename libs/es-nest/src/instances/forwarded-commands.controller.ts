import { EsError, ValidationFailed } from '@ledgerline/es-core';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Inject,
  Injectable,
  NotFoundException,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MEGABYTE } from '../commands/command-bodies.js';
import { readBody } from '../commands/read-body.js';
import { type AnyReply, type AnyRequest, bodyOf, setHeaders } from '../http/reply.js';
import { factsOf, type Log } from '../logging/log.js';
import { LOG } from '../tokens.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { FORWARD_PATH, FORWARD_TYPE, PROOF_HEADER } from './forward-path.js';
import { answerOf, type ForwardedAnswer } from './forwarded-answer.js';
import { forwardedIn, type ForwardedOrProblem } from './forwarded-batch.js';
import { ServiceInstances } from './service-instances.js';

type ForwardedRequest = AnyRequest & { readonly method: string; readonly url: string; body?: unknown; nonce?: string };

/** Each of the other instances sends one request at a time for each partition; so many are a mistake. */
const MOST_AT_ONCE = 100;

/** Only instances of this service can prove that they sent something. To everybody else there is no such route. */
@Injectable()
export class InstanceGuard implements CanActivate {
  constructor(private readonly instances: ServiceInstances) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ForwardedRequest>();
    const { headers, method, url } = request;
    const isOfInstance = this.instances.takesForwarded && headers['content-type'] === FORWARD_TYPE;
    const body = isOfInstance ? await readBody(bodyOf(request), MEGABYTE) : undefined;
    const taken = body && this.instances.take(headers[PROOF_HEADER], body);
    if (!taken) throw new NotFoundException(`Cannot ${method} ${url}`);
    request.body = body;
    if (taken === 'late') throw new EsError('forwarded-late', LATE, true);
    request.nonce = taken.nonce;
    return true;
  }
}

const LATE = 'it was sent more than 10 s ago, or the clocks of the two instances are so far apart: set them right';

/** Takes commands that other instances hand over, and decides them here, whoever is the preferred writer by now. */
@Controller(FORWARD_PATH)
@ApiExcludeController()
export class ForwardedCommandsController {
  #underWay = 0;

  constructor(
    private readonly store: ServiceEventStore,
    private readonly instances: ServiceInstances,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @HttpCode(200)
  @UseGuards(InstanceGuard)
  async take(
    @Req() { body, nonce = '' }: ForwardedRequest,
    @Res({ passthrough: true }) reply: AnyReply,
  ): Promise<string> {
    this.store.requireOpen();
    const all = forwardedIn(body as Buffer);
    if (this.#underWay >= MOST_AT_ONCE) throw new EsError('overloaded', 'too much is being handed over', true);
    this.#underWay += 1;
    try {
      const answers = JSON.stringify(await this.#answer(all));
      setHeaders(reply, { 'content-type': 'application/json', [PROOF_HEADER]: this.instances.prove(nonce, answers) });
      return answers;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** All are begun before any is waited for: this keeps their order. */
  #answer(all: readonly ForwardedOrProblem[]): Promise<readonly ForwardedAnswer[]> {
    return Promise.all(all.map((one) => this.#answerOne(one)));
  }

  #answerOne(one: ForwardedOrProblem): Promise<ForwardedAnswer> {
    if (one instanceof ValidationFailed) {
      this.log.warn('forwarded-refused', factsOf(one));
      return Promise.resolve({ undecided: true });
    }
    return answerOf('catchUp' in one ? this.store.catchUp(one.catchUp) : this.store.decideHere(one));
  }
}
