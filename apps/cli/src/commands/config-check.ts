import { relative, resolve } from 'node:path'
import { configPath } from '../place/data-folder.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

/** The file as the person named it: problems are easier to read with a short path. */
function shownPath(path: string, call: Call): string {
  const short = relative(call.io.cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

/** `sevenfold config check`. */
export const configCheck: Command = {
  name: 'config check',
  summary: 'report everything that is wrong with a configuration, with places',
  words: { name: 'FILE', help: 'configuration file (default ./sevenfold.yaml)', min: 0, max: 1 },
  examples: ['sevenfold config check', 'sevenfold config check /etc/sevenfold/sevenfold.yaml --json'],
  exits: { 1: 'the configuration is faulty' },
  run: async (call) => {
    const { problemText } = await import('@sevenfold/config')
    const { findProblems } = await import('../place/load-checked.ts')
    const [word] = call.words
    const path = word === undefined ? configPath(call) : resolve(call.io.cwd, word)
    const { problems: found, checked } = await findProblems(path, call.io.env)
    const problems = found.map((problem) => ({ ...problem, file: shownPath(problem.file, call) }))
    if (call.json) call.io.out(JSON.stringify({ ok: problems.length === 0, problems }))
    else if (problems.length > 0) call.io.out(problems.map(problemText).join('\n'))
    else {
      const sites = checked?.config.sites.map(({ name }) => name) ?? []
      call.io.out(
        `${shownPath(path, call)}: fine, ${sites.length} site${sites.length === 1 ? '' : 's'}${sites.length === 0 ? '' : `: ${sites.join(', ')}`}`,
      )
    }
    if (problems.length === 0) return exitCodes.ok
    return problems[0]?.code === 'CONFIG_UNREADABLE' ? exitCodes.environment : exitCodes.findings
  },
}
