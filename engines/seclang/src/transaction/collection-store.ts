/** Value of a persistent variable. */
export interface StoredValue {
  readonly value: string | number
  /** Milliseconds since 1970, or null for never. */
  readonly expiresAtMs: number | null
}

/** Where IP, GLOBAL, SESSION, USER and RESOURCE live: one record per collection and key, with named values. */
export interface CollectionStore {
  get(collection: string, key: string, name: string): StoredValue | undefined
  set(collection: string, key: string, name: string, stored: StoredValue): void
  remove(collection: string, key: string, name: string): void
  /** Names with their values, in order of first writing; expired ones may be among them. */
  entries(collection: string, key: string): Iterable<readonly [name: string, stored: StoredValue]>
}

/** Most records that {@link createMemoryStore} keeps when no other number is given. */
export const defaultMaxRecords = 100_000
/** Most values of one record of {@link createMemoryStore}. */
export const maxRecordValues = 1000

/** A store in memory; the record that was written longest ago goes when there are more than `maxRecords`. */
export function createMemoryStore(maxRecords: number = defaultMaxRecords): CollectionStore {
  const records = new Map<string, Map<string, StoredValue>>()
  const recordKey = (collection: string, key: string): string => `${collection}\0${key}`
  return {
    get: (collection, key, name) => records.get(recordKey(collection, key))?.get(name),
    set: (collection, key, name, stored) => {
      const id = recordKey(collection, key)
      const record = records.get(id) ?? new Map<string, StoredValue>()
      if (record.size >= maxRecordValues && !record.has(name)) return
      record.set(name, stored)
      records.delete(id)
      records.set(id, record)
      if (records.size <= maxRecords) return
      const [oldest] = records.keys()
      if (oldest !== undefined) records.delete(oldest)
    },
    remove: (collection, key, name) => {
      records.get(recordKey(collection, key))?.delete(name)
    },
    entries: (collection, key) => records.get(recordKey(collection, key)) ?? [],
  }
}
