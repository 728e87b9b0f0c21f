/** Validates against the JSON Schema of SARIF. */
import {createRequire} from 'node:module'
import Ajv from 'ajv'

const load = createRequire(import.meta.url)
const ajv = new Ajv({schemaId: 'id', meta: false, allErrors: true, unknownFormats: 'ignore'})
ajv.addMetaSchema(load('ajv/lib/refs/json-schema-draft-04.json') as object)
const validate = ajv.compile(load('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object)

/** What is wrong with a log, a line for each problem; empty if it is valid. */
export function sarifProblems(log: unknown): string[] {
  if (validate(log) === true) return []
  return (validate.errors ?? []).map(({dataPath, message = ''}) => `${dataPath} ${message}`)
}
