import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { attackClasses } from './attack.ts'
import type { Attack } from './attack.ts'

/** The file that ends like this file is source or built, so both forms of the project load their own. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

function isAttackFile(name: string): boolean {
  return name.endsWith(extension) && !name.endsWith(`.test${extension}`) && !name.endsWith('.d.ts')
}

function attackOf(module: Readonly<Record<string, unknown>>, file: string): Attack {
  const [attack, ...others] = Object.values(module)
  const id = file.slice(0, -extension.length)
  if (attack === undefined || others.length > 0) throw new Error(`${file}: an attack file exports one attack`)
  const known = attack as Attack
  if (known.id !== id) throw new Error(`${file}: the attack's id is "${known.id}"; it must be "${id}"`)
  return known
}

/**
 * Loads every file of `attacks/<class>/`, so that adding an attack is adding one file. In the order of classes,
 * then of ids. Throws when a file holds something else, or stands in the folder of another class.
 */
export async function loadCatalogue(): Promise<readonly Attack[]> {
  const root = new URL('../attacks/', import.meta.url)
  const attacks: Attack[] = []
  for (const name of attackClasses) {
    const folder = new URL(`${name}/`, root)
    if (!existsSync(folder)) continue // a class that only sites of the user's own are probed with
    for (const file of readdirSync(fileURLToPath(folder)).filter(isAttackFile).sort()) {
      const module = (await import(/* @vite-ignore */ new URL(file, folder).href)) as Readonly<
        Record<string, unknown>
      >
      const attack = attackOf(module, file)
      if (attack.class !== name) throw new Error(`${file}: class "${attack.class}" in the folder "${name}"`)
      attacks.push(attack)
    }
  }
  return attacks
}
