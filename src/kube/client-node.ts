/**
 * The part of @kubernetes/client-node that lbex uses. If the package itself were imported at run time, the bundle would hold
 * all of it, with the models of every Kubernetes API.
 */
export {KubeConfig, loadYaml} from '@kubernetes/client-node'
