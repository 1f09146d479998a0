/** Lines that export models of other libraries to ONNX, as docs/models.md has them. */
export const EXPORT_LINES = [
  {
    library: 'PyTorch',
    code: 'torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "model.onnx", input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})'
  },
  {
    library: 'Keras',
    code: 'model.export("model.onnx", format="onnx")'
  },
  {
    library: 'scikit-learn',
    code: 'from skl2onnx import to_onnx\nfrom jupyterlab_deep import models\nmodels.save(to_onnx(model, X[:1], options={"zipmap": False}), "my model", labels=model.classes_, columns=list(X.columns))'
  },
  {
    library: 'TensorFlow.js',
    code: "await models.save(model, 'my model', { labels: ['cat', 'dog'] });"
  }
] as const;
