import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Replaces a file so that a reader, and a machine that loses power, sees the old or the new text and never a part.
 * The file is readable by its owner alone.
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  const draft = join(folder, `.${process.pid}.${Date.now()}.draft`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, path)
  // The rename itself is in the folder: without this a power cut may bring the old name back.
  const parent = await open(folder, 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}
