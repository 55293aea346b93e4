import { readFileSync } from 'node:fs'
import { ScopeError, readTarget, readToken, targetRate } from '../target/scope.ts'
import type { TargetScope } from '../target/scope.ts'
import { readPath } from './read-path.ts'
import { UsageError } from './usage-error.ts'

/** The part of the help about a site of the user's own. */
export const targetHelp: string = `a site of your own, instead of the shop (harmless requests only):
  --target URL      what to probe; nothing else is touched, redirects are not followed
  --allow-host H    names the host of the URL, by hand; may be given several times
  --token-file F    a file with 20 to 200 letters and digits of your choice; the site must serve the same text
                    at /.well-known/sevenfold-proof.txt, now and as long as the proof runs
  --rate N          requests a second, 1 to ${targetRate.most}; default ${targetRate.usual}. The key q stops at once
  --page PATH       a page that takes a parameter; default /
  --post PATH       a path that may be sent bodies; without it nothing is posted
  --ca FILE         authorities for the site's certificate, in PEM
  --data DIR        data folder of the installation that guards the site: tells which layer judged
`

/** A site to probe. */
export interface TargetWish {
  readonly scope: TargetScope
  readonly ca: string | undefined
  readonly data: string | undefined
}

interface Values {
  readonly target?: string | undefined
  readonly 'allow-host': readonly string[]
  readonly 'token-file'?: string | undefined
  readonly rate?: string | undefined
  readonly page?: string | undefined
  readonly post?: string | undefined
  readonly ca?: string | undefined
  readonly data?: string | undefined
  readonly compose?: string | undefined
}

const companions = ['token-file', 'rate', 'ca', 'data'] as const
const shared = ['page', 'post'] as const

function readText(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--${option} ${path} cannot be read`, { cause: error })
  }
}

function readRate(value: string | undefined): number {
  const rate = Number(value ?? targetRate.usual)
  if (!Number.isInteger(rate) || rate < 1 || rate > targetRate.most)
    throw new UsageError(`--rate takes a number from 1 to ${targetRate.most}`)
  return rate
}

function readScope(values: Values & { readonly target: string }): TargetScope {
  const file = values['token-file']
  if (file === undefined)
    throw new UsageError('--target needs --token-file: the proof that the site is yours (see --help)')
  try {
    return {
      url: readTarget(values.target, values['allow-host']),
      allowedHosts: values['allow-host'],
      token: readToken(readText('token-file', file), file),
      rate: readRate(values.rate),
      page: readPath('page', values.page ?? '/'),
      post: values.post === undefined ? undefined : readPath('post', values.post),
    }
  } catch (error) {
    throw error instanceof ScopeError ? new UsageError(error.message, { cause: error }) : error
  }
}

/** Reads what was said about a site; undefined when the shop is meant. Throws `UsageError`. */
export function readTargetWish(values: Values): TargetWish | undefined {
  if (values.target !== undefined && values.compose !== undefined)
    throw new UsageError('--target and --compose exclude each other')
  const { target, ca, data } = values
  if (target === undefined) {
    const lone = companions.find((name) => values[name] !== undefined)
    if (lone !== undefined) throw new UsageError(`--${lone} goes with --target`)
    const place = values.compose === undefined ? shared.find((name) => values[name] !== undefined) : undefined
    if (place !== undefined) throw new UsageError(`--${place} goes with --target or --compose`)
    return undefined
  }
  return {
    scope: readScope({ ...values, target }),
    ca: ca === undefined ? undefined : readText('ca', ca),
    data,
  }
}
