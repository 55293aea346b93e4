import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseListen, parseUpstream, readConfig } from '@sevenfold/config'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'

interface Answers {
  readonly name: string
  readonly upstream: string
  readonly listen: string
  readonly hosts: readonly string[]
}

/** A word as it stands in YAML: quoted unless it cannot mean anything but itself. */
function plain(word: string): string {
  return /^[a-z][a-z0-9-]*$/.test(word) ? word : JSON.stringify(word)
}

function template({ name, upstream, listen, hosts }: Answers): string {
  return `# Sevenfold in front of ${upstream}. Check with: sevenfold config check
# All options: docs/configuration.md. For completion in an editor: sevenfold config schema > sevenfold.schema.json
version: 1

# Folder for everything that Sevenfold keeps: keys, events, decisions. Only its owner can read it.
data: ./.sevenfold

sites:
  - name: ${plain(name)}
    # Where visitors come in, and the service behind.
    listen: ${listen}
    upstream: ${upstream}
    hosts: [${hosts.map((host) => JSON.stringify(host)).join(', ')}]

    # monitor judges and records, and stops nothing: look at what it would have blocked with
    #   sevenfold events --kind block
    # then set enforce, for the whole site or for single steps.
    mode: monitor
    # steps: { ban: enforce, waf: monitor }

    # Proxies in front of Sevenfold whose X-Forwarded-For is believed. Leave empty when visitors connect directly.
    # trustedProxies: [10.0.0.5]

detection:
  # monitor decides and records, and bans nobody.
  mode: monitor
  # Never banned, whatever they do: your office, your health checker.
  neverBan: []
  # How long a ban holds once the mode is enforce.
  banDuration: 4h
  # The access log of your service lets detection see what goes past the edge.
  # sources: [{ file: /var/log/nginx/access.log, format: nginx, site: ${plain(name)} }]

runtime:
  # The agent inside a Node application (node --import @sevenfold/runtime/register app.js).
  mode: monitor
`
}

function readAnswers(call: Call): Answers {
  const upstream = parseUpstream(call.text('upstream') ?? '')
  if (upstream === undefined) {
    throw usageError(
      '--upstream must be the http or https address of your service',
      'for example --upstream http://127.0.0.1:3000',
    )
  }
  const listen = call.text('listen') ?? '127.0.0.1:7700'
  if (parseListen(listen) === undefined) {
    throw usageError('--listen must be a literal address and port', 'for example --listen 0.0.0.0:80')
  }
  const hosts = call.texts('host')
  return {
    name: call.text('name') ?? 'app',
    upstream: upstream.url,
    listen,
    hosts: hosts.length === 0 ? ['*'] : hosts,
  }
}

function write(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EEXIST')
      throw environmentError(
        `${path} exists already`,
        'name another file with --config, or replace it with --force',
        error,
      )
    throw environmentError(`${path} cannot be written (${code})`, 'use a folder that you may write to', error)
  }
}

/** Writes the first configuration file for a service and gives its path. @throws CliError. */
export function writeInitFile(call: Call): string {
  const text = template(readAnswers(call))
  const path = resolve(call.io.cwd, call.text('config') ?? 'sevenfold.yaml')
  // What a person typed ends up in the file, so the file is read before it is written.
  const [problem] = readConfig(text, path).problems
  if (problem !== undefined) throw usageError(problem.message, problem.hint ?? 'see sevenfold init --help')
  write(path, text, call.flag('force'))
  return path
}
