import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secrets } from './secrets.ts'

/** Folders of the shop below its data folder. */
export interface DataFolder {
  readonly root: string
  /** Downloads that everybody may read. */
  readonly files: string
  /** What visitors uploaded. */
  readonly uploads: string
  /** Nobody's business. */
  readonly private: string
}

/** Names below `root`. */
export function dataFolder(root: string): DataFolder {
  return { root, files: join(root, 'files'), uploads: join(root, 'uploads'), private: join(root, 'private') }
}

const downloads: Readonly<Record<string, string>> = {
  'size-guide.txt':
    'Size guide\n\nBoots: EU 36-48. Measure your foot in the evening and add 10 mm.\nJackets: chest 88-124 cm.\n',
  'care-instructions.txt':
    'Care\n\nWash down at 30 degrees with down soap. Wax leather boots after every wet trip.\n',
  'warranty.txt': 'Warranty\n\nWe repair everything we sell for five years. Keep the receipt.\n',
}

const helpText = `Returns: send anything back within 30 days, unused, in its box.
Shipping: orders over 60 euro travel free. We ship on weekdays before noon.
Payment: card, bank transfer, or invoice for companies.
Repairs: write to us before you post a broken tent pole.
Warranty: five years on stitching, zips and poles.
`

/** Writes the folders as a fresh shop has them; whatever was there is gone. */
export function writeDataFolder(folder: DataFolder, secrets: Secrets): void {
  for (const path of [folder.files, folder.uploads, folder.private]) {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path, { recursive: true, mode: 0o700 })
  }
  for (const [name, content] of Object.entries(downloads)) writeFileSync(join(folder.files, name), content)
  writeFileSync(join(folder.root, 'help.txt'), helpText)
  writeFileSync(join(folder.root, 'newsletter.txt'), '')
  writeFileSync(join(folder.private, 'payment.key'), `${secrets.fileKey}\n`)
}
