import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { isRole } from './role.ts'
import { maxUsers } from './users.ts'
import type { StoredUser, UserStore } from './users.ts'

const limits = { maxTextLength: 262_144, maxDepth: 4, maxNodes: maxUsers * 8, maxStringLength: 256 }

function asUser(value: Json): StoredUser[] {
  if (!isJsonObject(value) || !isRole(value['role'])) return []
  const { name, role, salt, hash } = value
  if (typeof name !== 'string' || typeof salt !== 'string' || typeof hash !== 'string') return []
  return [{ name, role, salt, hash }]
}

function read(path: string): readonly StoredUser[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return [] // no file: nobody logs in with a password, which is how it starts
  }
  const parsed = parseBoundedJson(text, limits)
  // A damaged file lets nobody in; one-time links still do.
  return parsed.ok && Array.isArray(parsed.value) ? parsed.value.flatMap(asUser) : []
}

/** People in one file of mode 0600. */
export function createUserFile(path: string): UserStore {
  return {
    load: () => read(path),
    save: (users) => {
      writeFileSync(`${path}.tmp`, `${JSON.stringify(users, null, 2)}\n`, { mode: 0o600 })
      renameSync(`${path}.tmp`, path)
    },
  }
}
