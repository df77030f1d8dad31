import { formatEventId, hashOf, parseEventId } from './event-id.js';

describe('the id of an event', () => {
  const positions = 'parcels.events/0@12, parcels.events/1@4';

  it('is read back, also where a proxy has taken the blanks', () => {
    const hash = hashOf('{"status":"created"}');
    const id = formatEventId(positions, hash);
    expect(parseEventId(id)).toEqual({ positions, hash });
    expect(parseEventId(id.replaceAll(' ', ''))).toEqual({ positions: positions.replaceAll(' ', ''), hash });
  });

  it('has another hash where the view says something else', () => {
    expect(hashOf('{"status":"created"}')).not.toBe(hashOf('{"status":"confirmed"}'));
  });

  it.each([positions, `${positions}, #short`, 'yesterday', ''])('has no hash where it says none: %s', (text) => {
    expect(parseEventId(text)).toEqual({ positions: text, hash: undefined });
  });
});
