import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** How the application is started in one variant. */
export interface Variant {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A copy of the harness that can be run. */
export interface Harness {
  readonly folder: string
  readonly variants: Readonly<Record<string, Variant>>
  /** Names of the variants that can run here, `none` first, ours second. */
  readonly names: readonly string[]
  remove(): void
}

/** The harness, or why there is none. */
export type Found = { readonly harness: Harness } | { readonly missing: string }

const peers = { zen: ['zen-cjs', '@aikidosec/firewall'], datadog: ['dd-rasp', 'dd-trace'] } as const

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.on('error', () => done(false))
  })
}

function packagesOf(source: string): string | undefined {
  const folders = [process.env['SEVENFOLD_RASP_PACKAGES'], join(source, 'node_modules')]
  return folders.find((folder) => folder !== undefined && existsSync(join(folder, 'express')))
}

/** Copies the shared harness to a temporary folder and adds our variant. */
export async function findHarness(): Promise<Found> {
  const shared = process.env['SEVENFOLD_SHARED'] ?? join(root, '..', 'shared')
  const source = join(shared, 'bench', 'rasp')
  if (!existsSync(join(source, 'detect.mjs'))) return { missing: 'the harness (SEVENFOLD_SHARED)' }
  const packages = packagesOf(source)
  if (packages === undefined)
    return { missing: 'the packages of the harness (npm install there, or SEVENFOLD_RASP_PACKAGES)' }
  const register = join(root, 'layers/runtime/dist/register.js')
  if (!existsSync(register)) return { missing: 'the built agent (npm run build)' }
  if (!(await answers(Number(process.env['PGPORT'] ?? 5432)))) return { missing: 'PostgreSQL on 127.0.0.1' }
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-rasp-'))
  for (const name of ['app.cjs', 'cases.mjs', 'detect.mjs', 'package.json'])
    cpSync(join(source, name), join(folder, name))
  symlinkSync(packages, join(folder, 'node_modules'))
  const known = JSON.parse(readFileSync(join(source, 'variants.json'), 'utf8')) as Record<string, Variant>
  const args = ['--import', register]
  const env = { SEVENFOLD_RUNTIME_MODE: 'enforce' }
  const profiled = (mode: string): Variant => ({
    args,
    env: {
      ...env,
      SEVENFOLD_RUNTIME_PROFILE: join(folder, 'profile.json'),
      SEVENFOLD_RUNTIME_PROFILE_MODE: mode,
    },
  })
  const variants = {
    ...known,
    sevenfold: { args, env },
    'sevenfold -r': { args: ['-r', register], env },
    // What Node itself takes for any `--import`.
    'empty --import': { args: ['--import', 'data:text/javascript,'], env: {} },
    'sevenfold-iast': {
      args: ['--import', join(root, 'layers/runtime/dist/iast.js')],
      env: {
        SEVENFOLD_IAST_REPORT: join(folder, 'iast.sarif'),
        SEVENFOLD_IAST_LOG: join(folder, 'iast.log'),
      },
    },
    'sevenfold-learn': profiled('learn'),
    'sevenfold-learned': profiled('enforce'),
  }
  writeFileSync(join(folder, 'variants.json'), JSON.stringify(variants))
  const present = Object.values(peers).filter(([, name]) => existsSync(join(packages, name)))
  const names = ['none', 'sevenfold', ...present.map(([variant]) => variant)]
  return {
    harness: { folder, variants, names, remove: () => rmSync(folder, { recursive: true, force: true }) },
  }
}
