/** Reports whether NGINX supports live updates. lbex serves the same without them, so their absence is not a problem. */
import {Check, type Finding} from '../diagnostics/finding.js'
import type {NjsModule} from '../dataplane/nginx-capabilities.js'
import {NJS_INSTALL, NJS_SINCE, type Njs} from '../dataplane/nginx/host/discover-njs.js'

const check = new Check('live-updates')

const RELOADS = 'each change of servers reloads NGINX'

export function checkLiveUpdates(njs: Njs): Finding {
  switch (njs.state) {
    case 'usable':
      return check.ok(`servers can change without a reload of NGINX: ${described(njs)}${needsFlag(njs)}`)
    case 'missing':
      return check.ok(`${RELOADS}; without a reload: ${NJS_INSTALL}`)
    case 'too-old':
      return check.ok(
        `${RELOADS}: ${described(njs)} is older than ${NJS_SINCE}; without a reload: ${NJS_INSTALL}`,
      )
    case 'refused':
      return check.warning(
        `${RELOADS}, because it does not accept ${described(njs)}: ${njs.why}`,
        'install NGINX and njs from the same source',
      )
    case 'untested':
      return check.warning(
        `${RELOADS}, because ${described(njs)} could not be tested: ${njs.why}`,
        'make the folder for temporary files writable (TMPDIR)',
      )
  }
}

/** auto, the default, uses QuickJS only: the other engine costs NGINX more CPU time. */
function needsFlag({engine}: NjsModule): string {
  return engine === 'qjs' ? '' : ', with --live-updates on; its engine is not QuickJS'
}

function described({module}: {readonly module?: string}): string {
  return module === undefined ? 'njs, built in' : `njs from ${module}`
}
