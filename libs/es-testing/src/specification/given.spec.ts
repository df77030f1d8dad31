import { describe, expect, it } from '@jest/globals';
import { accept, type CommandOf, defineAggregate, defineEvents, type NewEventOf, reject } from '@ledgerline/es-core';
import { schemaBy } from '../core/fixtures/coin-jar.js';
import { given as givenOf } from './given.js';

const shape = <T>() => schemaBy<T>((value) => ({ value: value as T }));
type Lamp = { readonly status: 'off' } | { readonly status: 'on'; readonly watts: number };

const lampEvents = defineEvents('lamps.events', {
  SwitchedOn: shape<{ readonly watts: number; readonly note?: string | undefined }>(),
  SwitchedOff: shape<{ readonly at: string }>(),
});
const lamp = defineAggregate({
  category: 'lamp',
  events: lampEvents,
  commands: { SwitchOn: shape<{ readonly watts: number }>(), SwitchOff: shape<object>() },
  initialState: { status: 'off' } as Lamp,
  decide(state, command) {
    switch (command.type) {
      case 'SwitchOn':
        if (command.watts > 60) return reject('too-bright', 'at most 60 watts');
        return state.status === 'on' ? accept() : accept({ type: 'SwitchedOn', data: { watts: command.watts } });
      case 'SwitchOff':
        return state.status === 'off' ? accept() : accept({ type: 'SwitchedOff', data: { at: command.at } });
    }
  },
  evolve: {
    SwitchedOn: (_state, event) => ({ status: 'on', watts: event.data.watts }),
    SwitchedOff: () => ({ status: 'off' }),
  },
});
type LampEvent = NewEventOf<typeof lampEvents>;

const given = (...events: readonly LampEvent[]) => givenOf(lamp, ...events);
const at = '2026-01-01T00:00:00.000Z';
const on: LampEvent = { type: 'SwitchedOn', data: { watts: 40 } };
const off: LampEvent = { type: 'SwitchedOff', data: { at } };
const switchOn = (watts = 40): CommandOf<typeof lamp> => ({ type: 'SwitchOn', watts });

describe('a decider specification', () => {
  it('passes when the decision is the expected one', () => {
    given().when(switchOn()).then(on).thenState({ status: 'on', watts: 40 });
    given(on).when({ type: 'SwitchOff', at }).then(off).thenState({ status: 'off' });
    given(on).when(switchOn()).thenNothing();
    given(on).when(switchOn(100)).thenRejected('too-bright').thenState({ status: 'on', watts: 40 });
    given(on, off).thenState({ status: 'off' });
  });

  it('takes a property that is undefined for one that is not there', () => {
    given()
      .when(switchOn())
      .then({ type: 'SwitchedOn', data: { watts: 40, note: undefined } });
  });

  it('fails with a diff when other events are recorded', () => {
    const then = () => given().when(switchOn(20)).then(on);
    expect(then).toThrow(/records other events[^]*\+ +watts: 20[^]*- +watts: 40/);
  });

  it('fails when events are recorded where none are expected, and the other way round', () => {
    expect(() => given().when(switchOn()).thenNothing()).toThrow('records events');
    expect(() => given(on).when(switchOn()).then(on)).toThrow('records other events');
  });

  it('fails when the command was rejected, and names the rule', () => {
    expect(() => given().when(switchOn(100)).then(on)).toThrow('rejected: too-bright (at most 60 watts)');
    expect(() => given().when(switchOn(100)).thenNothing()).toThrow('rejected: too-bright');
  });

  it('fails when the command was not rejected, or by another rule', () => {
    expect(() => given().when(switchOn()).thenRejected('too-bright')).toThrow('was not rejected');
    expect(() => given().when(switchOn(100)).thenRejected('too-dark')).toThrow('by another rule');
  });

  it('fails when the state is another one', () => {
    expect(() => given(on).thenState({ status: 'off' })).toThrow('lead to another state');
    expect(() => given(on).when({ type: 'SwitchOff', at }).thenState({ status: 'on', watts: 40 })).toThrow();
  });

  it('fails on a decider that changes what it was given', () => {
    const careless: typeof lamp = {
      ...lamp,
      evolve: (state: Lamp, event: LampEvent) => Object.assign(state, event.data),
    };
    expect(() => givenOf(careless, on)).toThrow(TypeError);
  });
});
