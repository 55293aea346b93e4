const known: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Removes what an attack left on `Object.prototype` since the process started; gives the names. */
export function cleanPrototype(): readonly string[] {
  const added = Object.getOwnPropertyNames(Object.prototype).filter((name) => !known.has(name))
  for (const name of added) Reflect.deleteProperty(Object.prototype, name)
  return added
}
