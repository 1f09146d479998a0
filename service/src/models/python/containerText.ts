/** What DEEPaaS 2 is installed as: it needs `pkg_resources`, which newer setuptools lack. */
export const DEEPAAS = ['deepaas==2.6.0', 'setuptools<81'] as const;

/**
 * A recipe that serves a Python project by DEEPaaS.
 *
 * @param modelName The one to be served; all that are installed where it is not given.
 */
export const containerText = (
  modelName?: string
): string => `FROM docker.io/library/python:3.11-slim

# Whoever breaks out of the module is nobody in particular.
RUN useradd --create-home module

# A layer of its own: the code changes oftener than its server.
RUN pip install --no-cache-dir ${DEEPAAS.map(each => JSON.stringify(each)).join(' ')}

WORKDIR /srv/module
COPY --chown=module . .
RUN pip install --no-cache-dir --editable .
USER module
EXPOSE 5000
CMD ["deepaas-run", "--listen-ip=0.0.0.0", "--listen-port=5000"${modelName ? `, "--model-name=${modelName}"` : ''}]
`;
