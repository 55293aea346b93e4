import type { Ajv, ValidateFunction } from 'ajv'
import type { OpenapiDocument } from './load-document.ts'

/** Tells what is wrong with a value; empty when nothing is. */
export type Check = (value: unknown) => string

/** Compiles schemas of one document. */
export interface Validators {
  /** @param pointer of the schema in the document, `#/…`. */
  at(pointer: string): Check
  /** Values that come as text: numbers and truth values are read from it. */
  ofTexts(schema: Readonly<Record<string, unknown>>): Check
}

const documentId = 'document:/openapi'

function explained(validate: ValidateFunction): Check {
  return (value) => {
    if (validate(value) === true) return ''
    const [error] = validate.errors ?? []
    return `${error?.instancePath ?? ''} ${error?.message ?? 'is not as described'}`.trim().slice(0, 200)
  }
}

function prepared(ajv: Ajv, document: OpenapiDocument): Ajv {
  ajv.addSchema(document.root, documentId, false, false)
  return ajv
}

/** Loads the validator (by who uses it only) and gives it the document. */
export async function createValidators(document: OpenapiDocument): Promise<Validators> {
  const [{ Ajv2020 }, { Ajv }, formats] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('ajv'),
    import('ajv-formats'),
  ])
  const Kind = document.version === '3.1' ? Ajv2020 : Ajv
  // `allErrors` stays off: the first fault refuses, and all of them could be made to cost much.
  const options = { strict: false, validateFormats: true, validateSchema: false, logger: false } as const
  const exact = prepared(new Kind(options), document)
  const lenient = prepared(new Kind({ ...options, coerceTypes: true }), document)
  const addFormats = formats.default.default
  addFormats(exact)
  addFormats(lenient)
  return {
    at: (pointer) => explained(exact.compile({ $ref: `${documentId}${pointer}` })),
    ofTexts: (schema) => explained(lenient.compile(schema)),
  }
}

/** A schema in the document, for use inside a schema that is made here. */
export function referenceTo(pointer: string): Readonly<Record<string, unknown>> {
  return { $ref: `${documentId}${pointer}` }
}
