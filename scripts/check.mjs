// Everything that must hold before a merge, besides the tests: format, lint with types, build, types of the tests,
// dead code, walls. Each step is a command of its own; the first line of each says how to run it alone.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name) => join(root, 'node_modules', '.bin', name)

// Folders whose whole tsconfig.json is for checking only; packages have a tsconfig.test.json beside their build.
const plain = ['scripts', 'test/e2e', 'bench', 'apps/console/web']

function testProjects() {
  const groups = ['core', 'engines', 'layers', 'backbone', 'apps']
  const folders = groups.flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => `${group}/${name}`) : [],
  )
  return [...folders, 'testkit', ...plain]
    .flatMap((folder) => [
      `${folder}/tsconfig.test.json`,
      ...(plain.includes(folder) ? [`${folder}/tsconfig.json`] : []),
    ])
    .filter((file) => existsSync(join(root, file)))
}

const steps = [
  // First, because on a fresh clone it also installs what the others need.
  ['build', process.execPath, ['scripts/setup.mjs', '--build']],
  ['format', bin('oxfmt'), ['--check', '.']],
  ['lint with types', bin('oxlint'), ['--type-aware', '.']],
  ...testProjects().map((project) => [`types of ${project}`, bin('tsc'), ['-p', project]]),
  ['dead code', bin('knip'), ['--no-progress']],
  ['walls', bin('tsx'), ['scripts/walls/main.ts']],
]

let passed = 0
const failed = []
for (const [name, command, args] of steps) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, npm_config_loglevel: 'error' },
  })
  if (result.status === 0) {
    passed += 1
    process.stdout.write(`ok    ${name}\n`)
  } else {
    failed.push(name)
    process.stdout.write(`FAIL  ${name}\n${result.stdout}${result.stderr}\n`)
  }
}
process.stdout.write(
  `check: ${passed} passed, ${failed.length} failed${failed.length > 0 ? ` (${failed.join('; ')})` : ''}\n`,
)
process.exitCode = failed.length > 0 ? 1 : 0
