import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {neededRuleInline} from '../../kube/resource.js'
import {NODES} from './kinds.js'

/** lbex has no permission to list Nodes. */
export function nodesForbidden(): Diagnostic {
  const rule = neededRuleInline({verb: 'list', resource: NODES.resource})
  return diagnose('nodes-forbidden', {subject: {ref: {kind: 'Node', name: '*'}}, args: {rule}})
}
