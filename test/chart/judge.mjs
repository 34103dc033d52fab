// Judges manifests of Kubernetes by their OpenAPI schemas: a program, because the package is ESM only. Reads a JSON list of manifests, writes
// a JSON list of `{ manifest, problem }`. A kind that is not in the table is judged elsewhere, or nowhere: its caller says which.
import { readFileSync } from 'node:fs';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';

const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
};

const problems = [];
for (const manifest of JSON.parse(readFileSync(0, 'utf8'))) {
  const label = `${manifest.kind}/${manifest.metadata?.name}`;
  const Model = MODELS[manifest.kind];
  if (Model === undefined) continue;
  const model = new Model(manifest);
  if (model.apiVersion !== manifest.apiVersion) {
    problems.push({ manifest: label, problem: `apiVersion is ${manifest.apiVersion}, not ${model.apiVersion}` });
  }
  try {
    model.validate();
  } catch (error) {
    problems.push({ manifest: label, problem: error.message });
  }
}
process.stdout.write(JSON.stringify(problems));
