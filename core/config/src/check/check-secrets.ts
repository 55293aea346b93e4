import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SevenfoldFile } from '../schema/file.ts'
import type { SecretReference } from '../schema/secret.ts'
import type { ConfigProblem } from './problem.ts'

interface Surroundings {
  /** Name of the configuration file for problems. */
  readonly file: string
  /** Folder from which relative paths count. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

async function fileFault(path: string): Promise<{ message: string; hint: string } | undefined> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return { message: `the secret file ${path} is not a file`, hint: 'name a file' }
    if ((found.mode & 0o077) === 0 || process.platform === 'win32') return undefined
    return { message: `others may read the secret file ${path}`, hint: `chmod 600 ${path}` }
  } catch {
    return { message: `the secret file ${path} cannot be read`, hint: 'make it, or correct the path' }
  }
}

async function fault(
  secret: SecretReference,
  around: Surroundings,
): Promise<{ message: string; hint: string } | undefined> {
  if ('file' in secret) return await fileFault(resolve(around.folder, secret.file))
  const value = around.env[secret.env]
  if (value !== undefined && value !== '') return undefined
  return {
    message: `the environment has no ${secret.env}`,
    hint: `set ${secret.env} for the process that starts sevenfold`,
  }
}

/** Looks at every secret that the configuration refers to: it must be there, and a file must be its owner's alone. */
export async function checkSecrets(
  config: SevenfoldFile,
  around: Surroundings,
): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const { bouncers, registrationToken } = config.detection.api
  const named = [
    ...bouncers.map(({ key }, index) => ({ secret: key, path: `detection.api.bouncers[${index}].key` })),
    ...(registrationToken === undefined
      ? []
      : [{ secret: registrationToken, path: 'detection.api.registrationToken' }]),
  ]
  for (const [index, { key }] of config.detection.feeds.lists.entries()) {
    if (key !== undefined) named.push({ secret: key, path: `detection.feeds.lists[${index}].key` })
  }
  for (const [index, { http, kubernetesAudit }] of config.detection.sources.entries()) {
    for (const [origin, push] of Object.entries({ http, kubernetesAudit })) {
      if (push !== undefined)
        named.push({ secret: push.key, path: `detection.sources[${index}].${origin}.key` })
    }
  }
  for (const [index, { http, kubernetesAudit, otlp }] of config.collector.sources.entries()) {
    for (const [origin, push] of Object.entries({ http, kubernetesAudit, otlp })) {
      if (push !== undefined)
        named.push({ secret: push.key, path: `collector.sources[${index}].${origin}.key` })
    }
  }
  for (const [index, { keys }] of config.edge.beside.entries()) {
    for (const [place, key] of keys.entries()) {
      if (!('sha256' in key)) named.push({ secret: key, path: `edge.beside[${index}].keys[${place}]` })
    }
  }
  for (const { secret, path } of named) {
    const found = await fault(secret, around)
    if (found === undefined) continue
    problems.push({ code: 'CONFIG_SECRET_UNREADABLE', file: around.file, line: 1, column: 1, path, ...found })
  }
  return problems
}
