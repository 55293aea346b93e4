import { existsSync } from 'node:fs'
import type { ComposeTarget } from '../compose/isolate.ts'
import { readPath } from './read-path.ts'
import { UsageError } from './usage-error.ts'

/** The part of the help about a declared system. */
export const composeHelp: string = `a system of your own from a Compose file, instead of the shop (needs docker or podman):
  --compose FILE    builds a copy of its own (new volumes, copied folders, a network without a way out), attacks it
                    with each layer before it, and removes it
  --service NAME    the service that visitors reach; --port N its port inside the container
  --engine PROGRAM  the program to use; default docker, then podman
`

/** A declared system to copy and attack. */
export interface ComposeWish {
  readonly file: string
  readonly target: ComposeTarget
  readonly engine: string | undefined
  /** A page that takes a parameter. */
  readonly page: string
  readonly post: string | undefined
}

interface Values {
  readonly compose?: string | undefined
  readonly service?: string | undefined
  readonly port?: string | undefined
  readonly engine?: string | undefined
  readonly page?: string | undefined
  readonly post?: string | undefined
}

const companions = ['service', 'port', 'engine'] as const

/** Reads what was said about a declared system; undefined when none is meant. Throws `UsageError`. */
export function readComposeWish(values: Values): ComposeWish | undefined {
  const { compose: file, service, engine } = values
  if (file === undefined) {
    const lone = companions.find((name) => values[name] !== undefined)
    if (lone !== undefined) throw new UsageError(`--${lone} goes with --compose`)
    return undefined
  }
  if (!existsSync(file)) throw new UsageError(`--compose ${file}: there is no such file`)
  if (service === undefined) throw new UsageError('--compose needs --service: the one that visitors reach')
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError('--compose needs --port: the port of the service inside its container, 1 to 65535')
  const page = readPath('page', values.page ?? '/')
  const post = values.post === undefined ? undefined : readPath('post', values.post)
  return { file, target: { service, port }, engine, page, post }
}
