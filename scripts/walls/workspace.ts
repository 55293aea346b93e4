import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { importsOf } from './imports.ts'
import type { ModuleImport } from './imports.ts'

/** Groups of the house, in the order in which arrows may point: from later to earlier. */
export const groups = ['core', 'engines', 'layers', 'backbone', 'apps', 'testkit'] as const
/** A top folder of the house. */
export type Group = (typeof groups)[number]

/** What an engine declares of itself. */
export interface EngineRole {
  readonly role: 'detector' | 'mechanism'
  readonly layers: readonly string[]
}

/** One source file with its imports. */
export interface SourceFile {
  readonly path: string
  readonly imports: readonly ModuleImport[]
}

/** One package of the workspace. */
export interface Package {
  readonly name: string
  readonly group: Group
  /** Last folder name: `edge`, `seclang`. */
  readonly folder: string
  readonly path: string
  readonly dependencies: readonly string[]
  readonly engine: EngineRole | undefined
  readonly sources: readonly SourceFile[]
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly sevenfold?: EngineRole
}

function sourceFiles(folder: string): string[] {
  const files: string[] = []
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !['node_modules', 'dist', 'testdata'].includes(entry.name))
      files.push(...sourceFiles(path))
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) files.push(path)
  }
  return files
}

function readPackage(root: string, group: Group, path: string): Package {
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest // our own file
  return {
    name: manifest.name,
    group,
    folder: relative(dirname(path), path),
    path: relative(root, path),
    dependencies: Object.keys(manifest.dependencies ?? {}),
    engine: manifest.sevenfold,
    sources: sourceFiles(join(path, 'src')).map((file) => ({
      path: relative(root, file),
      imports: importsOf(file),
    })),
  }
}

/** Reads every package below `root` with the imports of its sources (tests left out). */
export function readWorkspace(root: string): readonly Package[] {
  const packages: Package[] = []
  for (const group of groups) {
    const folder = resolve(root, group)
    if (!existsSync(folder)) continue
    const paths = group === 'testkit' ? [folder] : readdirSync(folder).map((name) => join(folder, name))
    for (const path of paths)
      if (existsSync(join(path, 'package.json'))) packages.push(readPackage(root, group, path))
  }
  return packages
}

/** The name of the package that a bare specifier belongs to; undefined for relative paths and Node built-ins. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || specifier.startsWith('/'))
    return undefined
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}
