import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** What a feature says where the application's root module has no event sourcing. */
export const noRoot = (): Error =>
  new Error(
    'there is no event sourcing in this application: import EventSourcingModule.forRoot({ service, storage }) in its root module',
  );

/** @throws Error where `forRoot` of the module is imported again: each would have options and a state of its own. */
export const requireOneRoot = (modules: ModulesContainer, module: Type): void => {
  const count = [...modules.values()].filter(({ metatype }) => metatype === module).length;
  if (count > 1) throw new Error(`${module.name}.forRoot is imported ${count} times: once is enough for all modules`);
};
