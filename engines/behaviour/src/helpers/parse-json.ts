/** Longest JSON text read. */
export const maxJsonLength = 4_194_304

/** The value of a JSON text; undefined when it is none or too long. Objects are plain objects, read by own keys only. */
export function parseJson(text: string): unknown {
  if (text.length > maxJsonLength) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
