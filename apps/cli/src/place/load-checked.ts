import { dirname } from 'node:path'
import { checkSecrets, compileConfig, loadConfig, problemText } from '@sevenfold/config'
import type { CompiledConfig, ConfigProblem, SevenfoldFile } from '@sevenfold/config'
import { CliError, exitCodes } from '../program/cli-error.ts'

/** A configuration that is right, also in its secrets. */
export interface Checked {
  readonly file: string
  readonly config: SevenfoldFile
  readonly compiled: CompiledConfig
}

/** Reads a configuration and looks at its secrets. `shown` names the file in problems. */
export async function findProblems(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly problems: readonly ConfigProblem[]; readonly checked?: Checked }> {
  const read = await loadConfig(path)
  if (!read.ok) return { problems: read.problems }
  const folder = dirname(path)
  const problems = await checkSecrets(read.config, { file: path, folder, env })
  return {
    problems,
    checked: { file: path, config: read.config, compiled: compileConfig(read.config, folder) },
  }
}

/** The configuration at `path`. @throws CliError with all problems when it is faulty (findings) or not there (environment). */
export async function loadChecked(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Checked> {
  const { problems, checked } = await findProblems(path, env)
  const [first] = problems
  if (first === undefined && checked !== undefined) return checked
  const unreadable = first?.code === 'CONFIG_UNREADABLE'
  throw new CliError(
    unreadable ? exitCodes.environment : exitCodes.findings,
    unreadable
      ? `${first.file}: ${first.message}`
      : `the configuration is faulty\n${problems.map(problemText).join('\n')}`,
    unreadable
      ? (first.hint ?? 'name another file with --config')
      : 'mend the file; sevenfold config check looks at it again',
  )
}
