/** Finds one Service by its name, and collects what `lbex explain` shows of it. */
import type {Service} from '../../core/cluster/objects.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {hasName, selectionOf} from '../../core/intent/select.js'
import type {TranslatedService, TranslatorOptions} from '../../core/translate/translator.js'
import {sortDiagnostics, type Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Explanation} from '../../report/explained.js'
import {unmatchedNames} from './unmatched.js'

/** A Service, or a sentence if no Service or several have the name. */
export function findService(
  {services}: Pick<ClusterSnapshot, 'services'>,
  name: string,
): Service | {readonly problem: string; readonly hint?: string} {
  const found = services.filter(({ref}) => hasName(ref, name))
  const [service, ...others] = found
  if (!service) return {problem: unmatchedNames({services}, {'service-name': name}).join()}
  if (others.length === 0) return service
  const names = found.map(({ref}) => `${ref.namespace}/${ref.name}`).sort()
  return {
    problem: `${names.length} Services are called ${name}`,
    hint: `name one of them: ${names.join(', ')}`,
  }
}

/** `diagnostics`: of all objects, located. */
export function explanationOf(
  service: Service,
  services: readonly TranslatedService[],
  diagnostics: readonly Diagnostic[],
  options: TranslatorOptions,
): Explanation {
  const translated = services.find(({intent}) => intent.service === service)
  return {
    ...{service, options},
    selection: selectionOf(service, options, () => {}),
    ...(translated && {translated}),
    diagnostics: sortDiagnostics(diagnostics.filter((each) => isAbout(each, service))),
  }
}

function isAbout({object}: Diagnostic, {ref}: Service): boolean {
  return object.kind === 'Service' && object.namespace === ref.namespace && object.name === ref.name
}
