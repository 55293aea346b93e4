import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { dataFolder } from '../place/data-folder.ts'
import { environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { sharedAmong } from './dependency.ts'
import type { Dependency, SharedDependency } from './dependency.ts'
import { readHouse } from './read-house.ts'
import { readManifests } from './read-manifests.ts'
import { readPackages } from './read-packages.ts'
import { readUnits } from './read-units.ts'
import type { NamedText } from './read-units.ts'

const maxFileBytes = 1_048_576
const maxFiles = 2_000

function filesIn(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|service)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .slice(0, maxFiles)
}

function readFiles(call: Call): readonly NamedText[] {
  return [...call.words, ...call.texts('files')].flatMap((word) => {
    const path = resolve(call.io.cwd, word)
    try {
      return filesIn(path)
        .filter((file) => statSync(file).size <= maxFileBytes)
        .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }))
    } catch (error) {
      throw environmentError(`${path} cannot be read`, 'name a file or a folder', error)
    }
  })
}

/** Layers and what they share, as a graph: layers first, then what two or more of them lean on. */
export interface DependencyGraph {
  readonly layers: readonly string[]
  readonly shared: readonly SharedDependency[]
}

function readFile(call: Call, file: NamedText): readonly Dependency[] {
  const found = file.path.endsWith('.service')
    ? readUnits([file])
    : readManifests([file], (text) => call.io.note(text))
  if (found.length === 0) call.io.note(`${file.path}: none of our parts is named there`)
  return found
}

async function gather(call: Call): Promise<DependencyGraph> {
  const files = readFiles(call)
  const dependencies: readonly Dependency[] = [
    ...(files.length > 0 ? [] : readHouse(await dataFolder(call))),
    ...files.flatMap((file) => readFile(call, file)),
    ...readPackages(),
  ]
  const shared = sharedAmong(dependencies)
  return { layers: [...new Set(dependencies.map(({ layer }) => layer))].toSorted(), shared }
}

function print(call: Call, { layers, shared }: DependencyGraph): void {
  const users = shared.filter(({ kind }) => kind === 'user')
  for (const { name, layers: under } of users)
    call.io.out(
      `${under.length} parts run as one user, ${name}: whoever becomes that user has them all; packages give each its own\n`,
    )
  const shown = shared.filter(({ kind }) => kind !== 'package' || call.flag('packages'))
  if (shown.length === 0) call.io.out('no two layers share anything that is known here')
  else
    call.io.out(
      table(
        ['kind', 'shared', 'layers', 'when it fails'],
        shown.map(({ kind, name, layers: among, failure }) => [kind, name, among.join(' '), failure]),
      ),
    )
  const packages = shared.filter(({ kind }) => kind === 'package').length
  if (!call.flag('packages'))
    call.io.out(`\n${packages} packages are in two or more parts; --packages shows them`)
  const fatal = shared.filter(({ takesDown, layers: among }) => takesDown && among.length > 1)
  call.io.out(`${fatal.length} single failures take two or more of ${layers.length} parts down`)
}

/** Lists what layers share. Resolves to 1 when one failure takes several down. */
export async function runDepends(call: Call): Promise<number> {
  const graph = await gather(call)
  if (call.json) call.io.out(JSON.stringify(graph))
  else print(call, graph)
  return graph.shared.some(({ takesDown }) => takesDown) ? exitCodes.findings : exitCodes.ok
}
