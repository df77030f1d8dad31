export interface ExampleSize {
  readonly lines: number;
  readonly linesWithMain: number;
  readonly names: readonly string[];
}

export function exampleSize(example: string): ExampleSize;
