/** The state of lbex as a bundle shows it: made from a list of fields, without texts of other programs. */
import type {LbexState, NginxState, ProcessState, SourceState} from '../../core/state/lbex-state.js'
import type {
  DiagnosticState,
  ListenerState,
  ServerState,
  ServiceState,
} from '../../core/state/service-state.js'

/**
 * Leaves out the labels of Services, and why the source cannot be read, which may quote what a credential plugin printed: the debug
 * state has the code.
 */
export function bundledState(state: LbexState): object {
  const {version, at, lbex, nginx, source, traffic, summary, services, diagnostics, history} = state
  return {
    ...{version, at, summary},
    ...(lbex && {lbex: processPart(lbex)}),
    ...(nginx && {nginx: nginxPart(nginx)}),
    ...(source && {source: sourcePart(source)}),
    ...(traffic && {traffic: {samplingRatio: traffic.samplingRatio}}),
    services: services.map(servicePart),
    diagnostics: diagnostics.map((each) => ({object: each.object, ...diagnosticPart(each)})),
    ...(history && {history}),
  }
}

function processPart({version, pid, startedAt, phase, problems}: ProcessState): object {
  return {version, pid, startedAt, phase, problems: problems.length}
}

function nginxPart({version, serving, pid, generation, oldWorkers, liveUpdates}: NginxState): object {
  return {version, serving, pid, generation, oldWorkers, liveUpdates}
}

function sourcePart({stale, kinds}: SourceState): object {
  return {stale, kinds: kinds.map(({kind, age, problem}) => ({kind, age, failing: problem !== undefined}))}
}

function servicePart(service: ServiceState): object {
  const {namespace, name, state, reason, listeners, diagnostics, traffic} = service
  return {
    ...{namespace, name, state, reason, traffic},
    listeners: listeners.map(listenerPart),
    diagnostics: diagnostics.map(diagnosticPart),
  }
}

function listenerPart(each: ListenerState): object {
  const {listener, state, servicePort, portName, hosts, check, servers, reason, since} = each
  return {
    listener,
    state,
    servicePort,
    portName,
    hosts,
    check,
    reason,
    since,
    servers: servers.map(serverPart),
  }
}

/** A health check may quote what the server answered. */
function serverPart({address, healthy, problem}: ServerState): object {
  return {address, healthy, problem: problem?.replace(/"[^"]*(?:"|$)/g, '"..."')}
}

function diagnosticPart({code, severity, message, hint}: DiagnosticState): object {
  return {code, severity, message, hint}
}
