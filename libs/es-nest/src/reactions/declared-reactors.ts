import type { Sends } from '@ledgerline/es-core';
import type { Beginning, Message } from '@ledgerline/es-core/runtime';
import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { type Topic, topicsOf } from '../aggregates/topics.js';
import {
  type HandlerDeclaration,
  handlersDeclared,
  invalid,
  type ReactorDeclaration,
  reactorDeclared,
} from './reactor.decorators.js';

export interface DeclaredHandler extends HandlerDeclaration {
  readonly call: (message: Message) => Sends | Promise<Sends>;
}

/** What classes of one name have declared. */
export interface DeclaredReactor {
  readonly name: string;
  readonly from: Beginning;
  readonly handlers: readonly DeclaredHandler[];
}

/** The reactors among the application's providers. */
@Injectable()
export class DeclaredReactors {
  #all: readonly DeclaredReactor[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws EsError `reactor-invalid`, which says of which one and why */
  get all(): readonly DeclaredReactor[] {
    this.#all ??= this.#discover();
    return this.#all;
  }

  /** The topics of the events that they name, each with the meaning of these. */
  get topics(): readonly Topic[] {
    return topicsOf(this.all.flatMap(({ handlers }) => handlers.map(({ events }) => events)));
  }

  /** Those that name events of the topic, with what they do because of these. */
  reactingTo(topic: string): readonly DeclaredReactor[] {
    return this.all.flatMap(({ handlers, ...reactor }) => {
      const here = handlers.filter(({ events }) => events.topic === topic);
      return here.length === 0 ? [] : [{ ...reactor, handlers: here }];
    });
  }

  #discover(): readonly DeclaredReactor[] {
    const byName = new Map<string, DeclaredReactor>();
    const classes = new Set<unknown>();
    for (const wrapper of this.discovery.getProviders()) {
      const declaration = wrapper.metatype && reactorDeclared(wrapper.metatype);
      if (!declaration) continue;
      const { name, from } = declaration;
      if (classes.has(wrapper.metatype)) throw invalid(name, `${wrapper.name} is a provider of two modules`);
      classes.add(wrapper.metatype);
      const known = byName.get(name) ?? { name, from, handlers: [] };
      if (known.from !== from)
        throw invalid(name, `it begins at ${known.from} in one class, and at ${from} in another`);
      byName.set(name, { name, from, handlers: [...known.handlers, ...this.#handlersOf(wrapper, declaration)] });
    }
    this.#refuseControllers();
    this.#refuseUndeclared();
    return [...byName.values()];
  }

  #handlersOf(wrapper: InstanceWrapper, { name }: ReactorDeclaration): readonly DeclaredHandler[] {
    const instance = wrapper.instance as Readonly<Record<string, (message: Message) => Sends>> | undefined;
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient || !instance)
      throw invalid(
        name,
        `${wrapper.name} is made more than once; a reactor has one instance: neither it nor what it injects may be request-scoped or transient`,
      );
    return this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((method) =>
      handlersDeclared(instance[method] as object).map((handler) => ({
        ...handler,
        call: (message: Message) => instance[method]?.(message),
      })),
    );
  }

  #refuseControllers(): void {
    for (const { metatype, name } of this.discovery.getControllers()) {
      const declaration = metatype && reactorDeclared(metatype);
      if (declaration) throw invalid(declaration.name, `${name} is a controller; list it among the providers`);
    }
  }

  #refuseUndeclared(): void {
    for (const { metatype, name } of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!metatype || reactorDeclared(metatype)) continue;
      // A factory has none.
      const prototype = metatype.prototype as Readonly<Record<string, object>> | undefined;
      const method = this.scanner
        .getAllMethodNames(prototype ?? null)
        .find((method) => handlersDeclared(prototype?.[method] ?? {}).length > 0);
      if (method !== undefined)
        throw invalid(String(name), `its method ${method} takes events, and without @Reactor nobody calls it`);
    }
  }
}
