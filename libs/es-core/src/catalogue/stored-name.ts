/** `ParcelCreated.v2`: the name under which an event is stored, and the version of its schema. */
export interface StoredName {
  readonly name: string;
  readonly version: number;
}

const STORED_NAME = /^(.+)\.v([1-9]\d{0,8})$/;

/** Undefined for a text that no catalogue ever stored an event under. */
export const parseStoredName = (text: string): StoredName | undefined => {
  const [, name, version] = STORED_NAME.exec(text) ?? [];
  return name === undefined ? undefined : { name, version: Number(version) };
};

export const storedName = (name: string, version: number): string => `${name}.v${version}`;
