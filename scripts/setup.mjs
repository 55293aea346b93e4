// Makes a fresh clone ready: installs from the lock file only when the lock or Node changed, and builds only
// what changed. Plain JavaScript on node: built-ins, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.sevenfold-setup.json')
const minimumNode = [20, 19]

function fail(what, hint) {
  process.stderr.write(`sevenfold: error: ${what}\nhint: ${hint}\n`)
  process.exit(3)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < minimumNode[0] || (major === minimumNode[0] && minor < minimumNode[1])) {
    fail(
      `node ${process.versions.node} is too old`,
      `install node ${minimumNode.join('.')} or newer (22 or 24 recommended)`,
    )
  }
}

function checkWritable() {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    fail(`the folder ${root} is read-only`, 'clone into a folder that you may write to, or change its owner')
  }
}

/** Digest of everything that decides what gets installed. */
function installDigest() {
  const hash = createHash('sha256')
  hash.update(process.versions.modules)
  hash.update(readFileSync(join(root, 'package-lock.json')))
  return hash.digest('hex')
}

function newestSource(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    const time = entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs
    if (time > newest) newest = time
  }
  return newest
}

function run(command, args, doing) {
  const started = Date.now()
  process.stderr.write(`${doing} ...`)
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  })
  if (result.status !== 0) {
    process.stderr.write(` failed\n${result.stdout ?? ''}${result.stderr ?? ''}`)
    fail(`${doing} failed`, `run "${command} ${args.join(' ')}" to see why`)
  }
  process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

/** Runs a local tool's JavaScript entry without a shell, so that it works on every platform. */
function tool(path) {
  return join(root, 'node_modules', path)
}

function build(stamp, force) {
  const folders = ['core', 'engines', 'layers', 'backbone', 'apps', 'testkit']
    .map((f) => join(root, f))
    .filter(existsSync)
  const newest = Math.max(...folders.map(newestSource), statSync(join(root, 'tsconfig.base.json')).mtimeMs)
  const built = existsSync(join(root, 'apps/cli/dist/main.js'))
  if (!force && built && stamp.source === newest) return newest
  run(process.execPath, [tool('typescript/bin/tsc'), '-b'], 'building')
  const agent = join(root, 'layers/runtime')
  const bundle = ['build', agent, '--config', join(agent, 'vite.config.ts'), '--logLevel', 'warn']
  run(process.execPath, [tool('vite/bin/vite.js'), ...bundle], 'bundling the agent')
  const view = join(root, 'apps/console/vite.config.ts')
  if (existsSync(view)) {
    const source = newestSource(join(root, 'apps/console'))
    if (force || stamp.console !== source || !existsSync(join(root, 'apps/console/dist/web/index.html'))) {
      run(
        process.execPath,
        [tool('vite/bin/vite.js'), 'build', '--config', view, '--logLevel', 'warn'],
        'building the console',
      )
      stamp.console = source
    }
  }
  return newest
}

checkNode()
checkWritable()
const stamp = readStamp()
const digest = installDigest()
if (stamp.install !== digest) {
  const npm = process.env.npm_execpath
  if (npm) run(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'], 'installing')
  else run('npm', ['ci', '--no-audit', '--no-fund'], 'installing')
}
stamp.install = digest
stamp.source = build(stamp, process.argv.includes('--build'))
writeFileSync(stampFile, JSON.stringify(stamp))
