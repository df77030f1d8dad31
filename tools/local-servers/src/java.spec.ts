import { javaMajor, requireJava } from './java.js';

const { JAVA_HOME } = process.env;

afterEach(() => {
  if (JAVA_HOME === undefined) delete process.env['JAVA_HOME'];
  else process.env['JAVA_HOME'] = JAVA_HOME;
});

describe('Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['Unrecognized option', undefined],
  ])('that says %j is %j', (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });

  it('that is missing is named in one sentence, with how to get it', async () => {
    process.env['JAVA_HOME'] = '/nowhere';
    await expect(requireJava()).rejects.toMatchObject({
      code: 'java-missing',
      isPrerequisite: true,
      message: expect.stringMatching(/^Java 17 or newer is needed, there is none: .*apt-get install.*\.$/),
    });
  });
});
