export namespace CommandIDs {
  export const showDeployments = 'deep:show-deployments';
  export const deployModule = 'deep:deploy-module';
  export const refreshDeployments = 'deep:refresh-deployments';
  export const moreDeployments = 'deep:more-deployments';
  export const checkTargets = 'deep:check-targets';
  export const addTarget = 'deep:add-target';
  export const deployTosca = 'deep:deploy-tosca';
  export const tryDeployment = 'deep:try-deployment';
  export const showDeploymentApi = 'deep:show-deployment-api';
  export const stopDeployment = 'deep:stop-deployment';
  export const startDeployment = 'deep:start-deployment';
  export const restartDeployment = 'deep:restart-deployment';
  export const showDeploymentLog = 'deep:show-deployment-log';
  export const disconnectDeployment = 'deep:disconnect-deployment';
  export const removeDeployment = 'deep:remove-deployment';
  export const checkDeployment = 'deep:check-deployment';
  export const duplicateDeployment = 'deep:duplicate-deployment';
  export const redeployDeployment = 'deep:redeploy-deployment';
}

/** Of other capabilities. */
export namespace OtherCommandIDs {
  export const showAccounts = 'deep:show-accounts';
  export const showCatalogue = 'deep:show-catalogue';
  export const openModule = 'deep:open-module';
  export const connectModule = 'deep:connect-module';
  export const checkServer = 'deep:check-server';
  export const pythonEnvironments = 'deep:python-environments';
}
