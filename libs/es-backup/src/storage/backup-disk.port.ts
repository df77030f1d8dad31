/** A directory, as a backup uses it. Paths are relative to it, with `/` between their parts. */
export interface BackupDisk {
  /** How people call it. */
  readonly name: string;
  /** All files with their sizes in bytes; none where there is no such directory. */
  list(): Promise<ReadonlyMap<string, number>>;
  read(path: string): Promise<Buffer>;
  /** Makes the file, and the directories it lies in, and is done when the bytes are on disk. A kill leaves a part of it. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** Gives the file another name, replacing what has it, at once or not at all, also over a loss of power. */
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens when there is none. */
  remove(path: string): Promise<void>;
}
