import { join, relative } from 'node:path'
import { packageOf } from './workspace.ts'
import type { Group, Package, SourceFile } from './workspace.ts'

/** One breach of a wall. */
export interface Breach {
  readonly wall: 0 | 1 | 2 | 3 | 4
  readonly file: string
  readonly line: number
  readonly message: string
}

/**
 * Detectors that two layers may share. Each entry counts as one layer in a proof.
 * The edge and the identity layer's Envoy service run the same SecLang engine (design: wall 2).
 */
export const sharedDetectors: Readonly<Record<string, readonly string[]>> = {
  '@sevenfold/seclang': ['edge', 'identity'],
}

/** Built-ins that an engine may import. */
const pureBuiltins = new Set(['node:crypto', 'node:buffer'])

/** What each group may import at run time. */
const mayImport: Readonly<Record<Group, readonly Group[]>> = {
  core: ['core'],
  engines: ['engines'],
  layers: ['core', 'engines'],
  // The backbone is no defence: its parts may share code, such as the form of the ledger's segments.
  backbone: ['core', 'engines', 'backbone'],
  apps: ['core', 'engines', 'layers', 'backbone', 'apps'],
  testkit: ['core'],
}

type Find = (name: string) => Package | undefined

interface Scan {
  readonly find: Find
  readonly breaches: Breach[]
}

/** Every import of a package's sources that names another workspace package, with the importing file. */
function* crossings(
  from: Package,
  find: Find,
): Generator<{ file: SourceFile; line: number; typeOnly: boolean; to: Package }> {
  for (const file of from.sources) {
    for (const { specifier, typeOnly, line } of file.imports) {
      const to = find(packageOf(specifier) ?? '')
      if (to !== undefined && to !== from) yield { file, line, typeOnly, to }
    }
  }
}

/** Arrows point one way, and a layer never imports another layer or the backbone. */
function checkArrows(from: Package, scan: Scan): void {
  for (const { file, line, typeOnly, to } of crossings(from, scan.find)) {
    const isSibling = from.group === to.group && from.group === 'layers'
    const engineTypes = from.group === 'engines' && typeOnly && to.name === '@sevenfold/event'
    if (engineTypes || (mayImport[from.group].includes(to.group) && !isSibling)) continue
    const wall = from.group === 'layers' || isSibling ? 1 : 0
    scan.breaches.push({
      wall,
      file: file.path,
      line,
      message: `${from.name} must not import ${to.name}: ${from.group} → ${to.group}`,
    })
  }
}

/** Wall 3: engines import only mechanisms, `node:crypto` and `node:buffer`. */
function checkPurity(engine: Package, scan: Scan): void {
  for (const file of engine.sources) {
    for (const { specifier, typeOnly, line } of file.imports) {
      if (specifier.startsWith('node:') && !pureBuiltins.has(specifier)) {
        scan.breaches.push({
          wall: 3,
          file: file.path,
          line,
          message: `engines are pure: ${specifier} does I/O or has a clock`,
        })
      }
      const to = scan.find(packageOf(specifier) ?? '')
      if (to !== undefined && to !== engine && !typeOnly && to.engine?.role !== 'mechanism') {
        scan.breaches.push({
          wall: 3,
          file: file.path,
          line,
          message: `engines use mechanisms only, not ${to.name}`,
        })
      }
    }
  }
}

function outsideDependencies(pack: Package, find: Find): readonly string[] {
  return pack.dependencies.filter((name) => find(name) === undefined)
}

/** Wall 4: engines and the runtime agent have no third-party run-time dependency. */
function checkDependencies(pack: Package, scan: Scan): void {
  for (const name of outsideDependencies(pack, scan.find)) {
    scan.breaches.push({
      wall: 4,
      file: `${pack.path}/package.json`,
      line: 1,
      message: `${pack.name} must not depend on ${name}`,
    })
  }
  for (const file of pack.sources) {
    for (const { specifier, line } of file.imports) {
      const name = packageOf(specifier)
      if (name === undefined || scan.find(name) !== undefined) continue
      scan.breaches.push({ wall: 4, file: file.path, line, message: `${pack.name} must not import ${name}` })
    }
  }
}

/** Wall 4: what an application loads as the agent has no workspace dependency at run time either. */
function checkAgent(runtime: Package, scan: Scan): void {
  const agent = join(runtime.path, 'src', 'agent')
  for (const file of runtime.sources) {
    if (relative(agent, file.path).startsWith('..')) continue
    for (const { specifier, typeOnly, line } of file.imports) {
      if (packageOf(specifier) === undefined || typeOnly) continue
      scan.breaches.push({
        wall: 4,
        file: file.path,
        line,
        message: `the agent imports ${specifier} at run time`,
      })
    }
  }
}

function reachableEngines(from: Package, find: Find, seen: Set<Package>): void {
  for (const { typeOnly, to } of crossings(from, find)) {
    if (typeOnly || seen.has(to)) continue
    seen.add(to)
    reachableEngines(to, find, seen)
  }
}

/** Wall 2: no two layers share code that detects. */
function checkSharedDetection(packages: readonly Package[], scan: Scan): void {
  for (const layer of packages.filter((pack) => pack.group === 'layers' || pack.group === 'backbone')) {
    const owner = layer.group === 'backbone' ? 'backbone' : layer.folder
    const reached = new Set<Package>()
    reachableEngines(layer, scan.find, reached)
    for (const engine of reached) {
      if (engine.engine?.role !== 'detector' || isAllowed(engine, owner)) continue
      const message = `${owner} reaches detector ${engine.name}, which is declared for ${engine.engine.layers.join(', ')}`
      scan.breaches.push({ wall: 2, file: `${layer.path}/package.json`, line: 1, message })
    }
  }
}

function isAllowed(engine: Package, owner: string): boolean {
  return engine.engine?.layers.includes(owner) === true
}

/** Declarations themselves: a detector names one layer, or stands in the list of shared detectors. */
function checkDeclaration(engine: Package, scan: Scan): void {
  const file = `${engine.path}/package.json`
  const role = engine.engine
  if (role === undefined) {
    scan.breaches.push({
      wall: 2,
      file,
      line: 1,
      message: `${engine.name} must declare "sevenfold": {"role", "layers"}`,
    })
    return
  }
  if (role.role === 'mechanism' || role.layers.length === 1) return
  const allowed = sharedDetectors[engine.name] ?? []
  const extra = role.layers.filter((layer) => !allowed.includes(layer))
  if (extra.length > 0) {
    scan.breaches.push({
      wall: 2,
      file,
      line: 1,
      message: `detector ${engine.name} is shared by ${role.layers.join(', ')} without being listed`,
    })
  }
}

/** Nobody climbs out of a package with a relative path. */
function checkClimbing(pack: Package, scan: Scan): void {
  for (const file of pack.sources) {
    for (const { specifier, line } of file.imports) {
      if (!specifier.startsWith('.')) continue
      const target = join(file.path, '..', specifier)
      if (relative(pack.path, target).startsWith('..')) {
        scan.breaches.push({ wall: 1, file: file.path, line, message: `${specifier} leaves the package` })
      }
    }
  }
}

/** All breaches of the four walls in these packages. */
export function findBreaches(packages: readonly Package[]): readonly Breach[] {
  const byName = new Map(packages.map((pack) => [pack.name, pack]))
  const scan: Scan = { find: (name) => byName.get(name), breaches: [] }
  for (const pack of packages) {
    checkArrows(pack, scan)
    checkClimbing(pack, scan)
    if (pack.group === 'engines') {
      checkDeclaration(pack, scan)
      checkPurity(pack, scan)
      checkDependencies(pack, scan)
    }
    if (pack.name === '@sevenfold/runtime') checkAgent(pack, scan)
  }
  checkSharedDetection(packages, scan)
  return scan.breaches
}
