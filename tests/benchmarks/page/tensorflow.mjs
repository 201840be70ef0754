// The steps of training.cpp in TensorFlow.js. Every function returns a step, which returns its loss.

const lr = 1e-3, corruption = 0.3;

function newLayers(tf, widths) {
    return widths.slice(1).map((to, i) => {
        const limit = 1 / Math.sqrt(widths[i]);
        return {
            weight: tf.variable(tf.randomUniform([widths[i], to], -limit, limit)),
            bias: tf.variable(tf.randomUniform([to], -limit, limit)),
        };
    });
}

const apply = (layer, x) => x.matMul(layer.weight).add(layer.bias);

// Of its ways to write the cross-entropy, the two that its users write; the faster one counts.
const crossEntropies = {
    probabilities: (tf, z, x) => tf.losses.logLoss(x, tf.sigmoid(z)),
    logits: (tf, z, x) => tf.losses.sigmoidCrossEntropy(x, z),
};

const losses = {
    basic: (tf, layers, x, crossEntropy) =>
        crossEntropy(tf, apply(layers[1], tf.leakyRelu(apply(layers[0], x), 0.01)), x),
    denoising(tf, layers, x, crossEntropy) {
        const kept = tf.randomUniform(x.shape).greaterEqual(corruption).cast('float32');
        return crossEntropy(tf, apply(layers[1], tf.sigmoid(apply(layers[0], x.mul(kept)))), x);
    },
    deep(tf, layers, x) {
        let h = x;
        layers.forEach((layer, i) => {
            h = apply(layer, h);
            if (i + 1 !== layers.length / 2) h = tf.sigmoid(h);
        });
        return tf.losses.meanSquaredError(x, h);
    },
};

function start(tf, name, { batch, widths }, crossEntropy) {
    const layers = newLayers(tf, widths);
    const x = tf.randomUniform([batch, widths[0]]);
    const adam = tf.train.adam(lr);
    const step = () => {
        const loss = adam.minimize(() => losses[name](tf, layers, x, crossEntropy), true);
        const value = loss.dataSync()[0];
        loss.dispose();
        return value;
    };
    return step;
}

// The steps of that network: one, or one for each way to write its loss.
export function tensorflowSteps(tf, name, network) {
    const ways = name === 'deep' ? [undefined] : Object.values(crossEntropies);
    return ways.map(way => start(tf, name, network, way));
}
