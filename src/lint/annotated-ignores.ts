/** The ignores in annotations of Services. */
import {codesIn, type Ignore} from '../diagnostics/ignore.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import {annotationField} from '../core/intent/values.js'
import type {Service} from '../core/cluster/objects.js'

const {key} = ANNOTATIONS.ignore

export function annotatedIgnores(services: readonly Service[]): Ignore[] {
  return services.flatMap((service) => {
    const codes = codesIn(service.annotations[key] ?? '')
    if (codes.length === 0) return []
    return [{codes, scope: {object: service.ref}, subject: service, field: annotationField(key)}]
  })
}
