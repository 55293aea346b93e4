/** How rule files are read: engines do no I/O of their own. Texts are byte strings (one character a byte). */
export interface RuleFiles {
  /** Files that `path` (a name or a glob pattern, relative to the file `from`) stands for, sorted. */
  resolve(path: string, from: string): readonly string[]
  /** Text of one file. Throws when it cannot be read. */
  read(path: string): string
}

/** No files at all: Include and data files are errors. */
export const noRuleFiles: RuleFiles = {
  resolve: () => [],
  read: (path) => {
    throw new Error(`${path}: no files are available`)
  },
}
